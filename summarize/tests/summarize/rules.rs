use model::Minutes;
use summarize::write_extractive_minutes;

use crate::scenes::{STARTED_AT, conversation};

fn minutes(lines: &[(&str, &str)]) -> Minutes {
    write_extractive_minutes(&conversation(lines), 1, STARTED_AT)
}

fn actions(lines: &[(&str, &str)]) -> Vec<(String, Option<String>, Option<String>)> {
    let items = minutes(lines).action_items.into_iter();
    items.map(|item| (item.line.text, item.owner.map(String::from), item.due_date)).collect()
}

fn check_action(text: &str, owner: Option<&str>, due_date: Option<&str>) {
    let found = actions(&[("Alice", text)]);
    let found: Vec<_> = found.iter().map(|(_, owner, due)| (owner.as_deref(), due.as_deref())).collect();
    assert_eq!(found, [(owner, due_date)], "{text}");
}

#[test]
fn english_actions() {
    check_action("Bob will send the budget report by Monday.", Some("bob"), Some("2026-11-30"));
    check_action("Li Na should review the contract.", Some("li-na"), None);
    check_action("Bob needs to upgrade the database this week.", Some("bob"), Some("2026-11-27"));
    check_action("Can you check the test plan by Tuesday, Bob?", Some("bob"), Some("2026-11-24"));
    check_action("Bob, could you please send me the customer list?", Some("bob"), None);
    check_action("We need to delete the old recordings before Friday.", None, Some("2026-11-27"));
    check_action("Please share the design document by tomorrow.", None, Some("2026-11-24"));
    check_action("The legal team will review the contract next week.", None, Some("2026-12-04"));
    check_action("Frank will fix the server by Thursday.", None, Some("2026-11-26"));
    check_action("Action item, Wang Wei will write the audit report.", Some("wang-wei"), None);
    check_action("I'll take care of the migration plan.", Some("alice"), None);
    check_action("I'm going to set up the dashboard tomorrow.", Some("alice"), Some("2026-11-24"));
    check_action("Wei Wang has to fix the search index in two weeks.", Some("wang-wei"), Some("2026-12-07"));
    check_action("Um, so yeah, I'll just send out the notes today.", Some("alice"), Some("2026-11-23"));
}

#[test]
fn chinese_actions() {
    check_action("请王伟下周提交预算报告。", Some("wang-wei"), Some("2026-12-04"));
    check_action("李娜负责检查合同，明天完成。", Some("li-na"), Some("2026-11-24"));
    check_action("李娜，请你在下周五之前更新测试计划。", Some("li-na"), Some("2026-12-04"));
    check_action("待办事项，李娜明天上午联系客户。", Some("li-na"), Some("2026-11-24"));
    check_action("我来整理会议纪要。", Some("alice"), None);
    check_action("我周五把报告发给大家。", Some("alice"), Some("2026-11-27"));
    check_action("我们需要在十二月底之前升级数据库。", None, Some("2026-12-31"));
    check_action("麻烦王伟跟进一下审计的问题。", Some("wang-wei"), None);
    check_action("設計團隊下週三準備設計文檔。", None, Some("2026-12-02"));
    check_action("这个问题我来跟进。", Some("alice"), None);
    check_action("王威会修复搜索问题。", Some("wang-wei"), None);
}

#[test]
fn two_owners_get_an_item_each() {
    let found = actions(&[("Alice", "Bob and Li Na will prepare the audit report by Friday.")]);
    let owners: Vec<_> = found.iter().map(|(_, owner, _)| owner.as_deref()).collect();
    assert_eq!(owners, [Some("bob"), Some("li-na")]);
    let found = actions(&[("Alice", "王伟和李娜一起测试水印。")]);
    let owners: Vec<_> = found.iter().map(|(_, owner, _)| owner.as_deref()).collect();
    assert_eq!(owners, [Some("wang-wei"), Some("li-na")]);
}

#[test]
fn who_answers_a_request_owns_it() {
    let found = actions(&[("Alice", "Can you send the customer list?"), ("Bob", "Sure, no problem.")]);
    assert_eq!(found, [("Can you send the customer list?".to_owned(), Some("bob".to_owned()), None)]);
    let found = actions(&[("Alice", "谁来检查测试计划？"), ("Li Na", "我来吧。")]);
    assert_eq!(found, [("谁来检查测试计划？".to_owned(), Some("li-na".to_owned()), None)]);
    let found = actions(&[("Alice", "Who will call the customer by Friday?"), ("Wang Wei", "I will.")]);
    assert_eq!(
        found.first().map(|(_, owner, due)| (owner.as_deref(), due.as_deref())),
        Some((Some("wang-wei"), Some("2026-11-27")))
    );
    assert_eq!(actions(&[("Alice", "Bob, can you send the customer list?"), ("Bob", "Sorry, I can't.")]), []);
    assert_eq!(actions(&[("Alice", "Can you send the customer list?"), ("Bob", "Not now.")]), []);
}

#[test]
fn the_due_date_may_come_after() {
    let found = actions(&[("Alice", "Bob will send the budget report."), ("Alice", "By Friday.")]);
    assert_eq!(
        found,
        [("Bob will send the budget report.".to_owned(), Some("bob".to_owned()), Some("2026-11-27".to_owned()))]
    );
}

#[test]
fn a_repeated_action_is_listed_once() {
    let found = actions(&[
        ("Alice", "Bob will send the budget report by Friday."),
        ("Bob", "Okay."),
        ("Li Na", "So, Bob will send the budget report."),
    ]);
    assert_eq!(found.len(), 1, "{found:?}");
    let found = actions(&[("Alice", "Bob will fix server one today."), ("Alice", "Bob will fix server two today.")]);
    assert_eq!(found.len(), 2, "{found:?}");
}

/// Nothing here is decided and nobody is to do anything.
#[test]
fn hard_negatives() {
    for text in [
        "Should we increase the storage quota?",
        "Will Bob send the report by Friday?",
        "Did Bob send the budget report?",
        "Maybe Bob will fix the search index.",
        "If Bob will send the report, we can start.",
        "I don't think Bob will finish the report by Friday.",
        "Bob will not send the report.",
        "I won't update the policy.",
        "Bob sent the report yesterday.",
        "Bob is working on the search index.",
        "I already sent the summary.",
        "We might move the release to November.",
        "We have not decided to move the release.",
        "We haven't agreed on the budget yet.",
        "When we decided to move the release, it was late.",
        "If we decided to cancel the release, we would lose customers.",
        "What have we decided about the budget?",
        "We need to decide on the budget.",
        "Last month we decided to limit storage.",
        "It will be ready soon.",
        "The meeting will take forty minutes.",
        "I will check.",
        "I'll share my screen.",
        "Let's move on to the retention.",
        "Please go ahead.",
        "Can you hear me?",
        "The next meeting is on Tuesday.",
        "I agree with Bob.",
        "The release plan is almost done.",
        "Bob said the server is ready.",
        "We recorded seventy four meetings last month.",
        "我们要不要增加存储配额？",
        "王伟会在周五之前测试水印吗？",
        "可能王伟会修复搜索问题。",
        "如果王伟明天更新方案，我们就可以开始。",
        "王伟不会更新存储方案。",
        "我没有更新存储方案。",
        "李娜昨天提交了预算报告。",
        "王伟正在测试水印。",
        "李娜已经完成了审计报告。",
        "我觉得存储方案太贵了。",
        "我们还没有决定录制保留多少天。",
        "我们需要决定预算。",
        "如果我们决定推迟发布，客户会不满意。",
        "上个月我们决定推迟发布。",
        "这取决于客户的决定因素。",
        "谁决定发布时间？",
        "我不同意推迟发布。",
        "我同意。",
        "还没有，周五可以完成。",
        "下次会议是周二。",
        "请打开录制。",
        "请王伟介绍预算报告。",
        "我们周五再见。",
        "这个问题不大。",
    ] {
        let minutes = minutes(&[("Alice", text)]);
        assert_eq!(minutes.decisions.iter().map(|line| &line.text).collect::<Vec<_>>(), [""; 0], "decision in {text}");
        assert_eq!(
            minutes.action_items.iter().map(|item| &item.line.text).collect::<Vec<_>>(),
            [""; 0],
            "action in {text}"
        );
    }
}

#[test]
fn decisions() {
    for text in [
        "We have decided to hire three people.",
        "The decision is to cancel the training.",
        "So we will keep recordings for ninety days.",
        "The team decided not to change the policy.",
        "Everyone agrees to start the audit in May.",
        "Okay, let's go with the new proposal.",
        "大家同意修改保留策略。",
        "会议决定增加百分之十的预算。",
        "我们决定不发布新的水印。",
        "不过，我们决定取消合同。",
        "大家一致同意把会议改到周三。",
        "最后决定使用新的数据库。",
    ] {
        let found: Vec<String> = minutes(&[("Alice", text)]).decisions.into_iter().map(|line| line.text).collect();
        assert_eq!(found.len(), 1, "{text}: {found:?}");
    }
}

#[test]
fn settling_words_make_a_decision_of_what_was_proposed() {
    let minutes = minutes(&[("Alice", "那我们把录制保留九十天。"), ("Bob", "就这么定了。")]);
    let decision = minutes.decisions.first().expect("a decision");
    assert_eq!(decision.text, "那我们把录制保留九十天。");
    assert_eq!(decision.citations.len(), 2);
}

#[test]
fn open_questions_stay_open() {
    for lines in [
        [
            ("Alice", "How many gigabytes does the database backup need?"),
            ("Bob", "I don't know yet."),
            ("Alice", "Okay."),
        ],
        [("Alice", "搜索索引的备份方案什么时候完成？"), ("Bob", "还不清楚。"), ("Alice", "好的。")],
        [
            ("Alice", "Who owns the database backup of the archive?"),
            ("Alice", "Let's move on to the release plan."),
            ("Bob", "The release plan is ready."),
        ],
    ] {
        let questions = minutes(&lines).open_questions;
        assert_eq!(questions.iter().map(|line| line.text.as_str()).collect::<Vec<_>>(), [lines[0].1]);
    }
    let answered =
        [("Alice", "How many gigabytes does the database backup need?"), ("Bob", "About forty."), ("Alice", "Good.")];
    assert_eq!(minutes(&answered).open_questions, []);
}

#[test]
fn without_start_or_zone_due_dates_stay_words() {
    for (time_zone, started_at) in [("Asia/Shanghai", None), ("Nowhere/Land", Some(STARTED_AT))] {
        let mut meeting = conversation(&[("Alice", "Bob will send the report by Friday.")]);
        meeting.time_zone = time_zone.to_owned();
        meeting.started_at = started_at;
        let minutes = write_extractive_minutes(&meeting, 1, STARTED_AT);
        let item = minutes.action_items.first().expect("an action");
        assert_eq!((item.due_text.as_deref(), item.due_date.as_deref()), (Some("by Friday"), None));
    }
}

#[test]
fn the_time_zone_decides_what_today_is() {
    // 01:00 UTC on Monday is still Sunday in New York.
    let mut meeting = conversation(&[("Alice", "Bob will send the report today.")]);
    meeting.time_zone = "America/New_York".to_owned();
    let minutes = write_extractive_minutes(&meeting, 1, STARTED_AT);
    assert_eq!(minutes.action_items.first().and_then(|item| item.due_date.as_deref()), Some("2026-11-22"));
}

#[test]
fn an_empty_meeting_has_empty_minutes() {
    let minutes = minutes(&[]);
    assert!(minutes.summary.is_empty() && minutes.chapters.is_empty() && minutes.keywords.is_empty());
}
