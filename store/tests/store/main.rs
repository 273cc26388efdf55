//! One suite of functions, run on SQLite with a local directory and on PostgreSQL with S3.

mod artefacts;
mod audit;
mod backend;
mod cases;
mod governance;
mod holds;
mod identity;
mod jobs;
mod media;
mod objects;
mod opening;
mod purge;
mod recordings;
mod retention;
mod rows;
mod samples;
mod sharing;

use std::future::Future;
use std::pin::Pin;

use backend::{Backend, Servers};
use tokio::task::JoinSet;

type Run = fn(Backend) -> Pin<Box<dyn Future<Output = ()> + Send>>;

struct Case {
    name: &'static str,
    run: Run,
}

macro_rules! cases {
    ($($module:ident :: { $($name:ident),+ $(,)? }),+ $(,)?) => {
        const CASES: &[Case] = &[$($(
            Case {
                name: concat!(stringify!($module), "::", stringify!($name)),
                run: |backend| Box::pin($module::$name(backend)),
            },
        )+)+];
    };
}

cases! {
    recordings::{
        every_state_returns_as_saved,
        a_recording_belongs_to_its_tenant,
        of_many_savers_of_a_version_one_wins,
        lists_page_newest_first_without_gaps,
        filters_narrow_a_list,
        work_and_unfinished_recordings_are_found,
        roster_and_relations_are_kept,
        changes_are_announced_after_their_commit,
    },
    media::{
        tracks_are_kept_and_their_keys_hidden,
        segments_go_from_staged_to_published,
        speech_chunks_go_from_staged_to_published,
        the_timeline_is_ordered,
    },
    objects::{
        content_returns_whole_and_in_ranges,
        content_is_unreadable_at_rest,
        damage_is_named,
        immutable_objects_stay,
        a_crash_between_object_and_row_heals,
        the_ledger_counts_what_is_stored,
        a_large_file_becomes_an_object,
    },
    artefacts::{
        a_crash_before_the_row_heals,
        a_stage_fails_unless_it_is_done,
        edits_name_their_author_and_what_they_changed,
        minutes_say_who_made_them_and_whose_the_items_are,
        of_many_writers_of_a_version_one_wins,
        the_outbox_never_skips,
        versions_follow_one_another,
    },
    jobs::{
        a_recording_has_one_live_job_of_a_kind,
        no_two_claimers_get_the_same_job,
        a_lost_lease_changes_nothing,
        failed_jobs_wait_and_die,
        adding_a_job_wakes_workers,
    },
    identity::{
        accounts_and_sign_ins,
        api_keys_and_playback_sessions,
        plans_and_usage,
        the_audit_log_is_ordered,
    },
    retention::{
        a_policy_is_saved_over_what_was_seen,
        facts_say_what_rules_go_by,
    },
    sharing::{
        what_is_shared_decides_what_is_listed,
        a_link_is_opened_as_often_as_it_may,
        who_asks_waits_until_it_is_decided,
        the_view_log_holds_views_only,
    },
    holds::{
        a_hold_keeps_what_it_covers_and_nothing_else,
        a_hold_ends_by_two_people_only,
        who_leaves_a_held_meeting_leaves_it_held,
        the_database_refuses_every_way_around_a_hold,
        a_hold_and_a_purge_never_both_win,
    },
    cases::{
        a_case_opens_its_recordings_to_its_members_while_it_is_open,
        an_export_is_leased_finished_and_signed,
    },
    governance::{
        a_hold_by_a_search_covers_what_it_found,
        the_audit_log_is_filtered,
        storage_is_shared_out_and_the_trash_says_why,
    },
    purge::{
        a_purge_leaves_nothing_but_its_certificate,
        a_purge_has_its_order,
        a_purge_survives_a_crash_at_any_step,
        the_ledger_equals_what_lies_there,
    },
    audit::{
        every_change_of_the_log_is_found,
        a_log_cut_or_written_anew_does_not_fit_its_checkpoint,
        the_log_is_only_appended_to_but_forgets_names,
    },
    rows::{
        corrupt_rows_are_named,
        abandoned_calls_leave_the_store_usable,
        many_writers_never_meet_a_busy_database,
    },
    opening::{
        everything_survives_a_restart,
        processes_may_open_together,
        another_master_key_is_named,
        a_newer_schema_is_refused,
        a_dead_object_store_is_a_transient_error,
    },
}

#[tokio::test(flavor = "multi_thread")]
async fn sqlite_and_local_directory() {
    run_all(Servers::embedded()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn postgresql_and_s3() {
    run_all(Servers::start().await).await;
}

/// Runs every case on a store of its own, a few at a time, and names all that fail.
async fn run_all(servers: Servers) {
    const AT_ONCE: usize = 4;
    let mut running = JoinSet::new();
    let mut failed = Vec::new();
    let mut cases = CASES.iter();
    loop {
        while running.len() < AT_ONCE
            && let Some(case) = cases.next()
        {
            let backend = servers.backend().await;
            running.spawn(async move {
                let outcome = JoinSet::from_iter([(case.run)(backend)]).join_next().await;
                outcome.expect("one task").map_err(|error| format!("{}: {error}", case.name))
            });
        }
        match running.join_next().await {
            None => break,
            Some(outcome) => failed.extend(outcome.expect("the wrapper cannot panic").err()),
        }
    }
    assert!(failed.is_empty(), "{} of {} cases failed: {failed:#?}", failed.len(), CASES.len());
}

/// A new way to delete has to be thought through: does it ask for holds, is it certified, can it be taken up again?
#[test]
fn every_statement_that_deletes_is_known() {
    let known = [
        // The one door: both in the transaction of a purge, or of its beginning.
        ("purge.rs", 3),
        // Deletes what lies below a recording that is being purged, with faults in tests; and the probe of the store.
        ("media_store.rs", 7),
        ("local_directory.rs", 1),
        ("s3_bucket.rs", 2),
        // Where action items are, written anew from the minutes, which stay.
        ("minutes_rows.rs", 1),
        // Nothing recorded.
        ("sign_ins.rs", 1),
        // Who may look, and at what: no evidence goes with these.
        ("cases.rs", 3),
        ("relations.rs", 1),
        ("webhook_deliveries.rs", 1),
        ("webhooks.rs", 2),
    ];
    let source = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    for entry in std::fs::read_dir(source).expect("readable") {
        let path = entry.expect("readable").path();
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        let production = text.split("#[cfg(test)]").next().unwrap_or_default();
        let ways = ["DELETE FROM", ".delete(", ".delete_below(", ".delete_object(", "remove_dir_all("];
        let count: usize = ways.iter().map(|way| production.matches(way).count()).sum();
        if count > 0 {
            found.push((path.file_name().expect("a name").to_string_lossy().into_owned(), count));
        }
    }
    found.sort();
    let mut known: Vec<(String, usize)> = known.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect();
    known.sort();
    assert_eq!(found, known);
}
