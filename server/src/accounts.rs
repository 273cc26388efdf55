use anyhow::Context;
use model::{Plan, PlanName, Role, TenantId, Timestamp, UserId};
use sha2::{Digest, Sha256};
use store::{ApiKey, IdSource, Store, Tenant, User};

/// An account to be added.
pub(crate) struct NewAccount {
    pub(crate) id: UserId,
    pub(crate) user_name: String,
    pub(crate) display_name: String,
    pub(crate) role: Role,
    pub(crate) password: String,
}

/// Adds a tenant unless it is there.
pub(crate) async fn ensure_tenant(
    store: &Store,
    tenant_id: &TenantId,
    name: &str,
    plan: PlanName,
    seats: u32,
    now: Timestamp,
) -> anyhow::Result<()> {
    if store.load_tenant(tenant_id).await.context("look up tenant")?.is_some() {
        return Ok(());
    }
    let tenant = Tenant { id: tenant_id.clone(), name: name.to_owned(), plan: Plan::published(plan, seats) };
    store.insert_tenant(&tenant, now).await.context("add tenant")
}

/// Adds an account unless one with its sign-in name is there.
pub(crate) async fn ensure_account(
    store: &Store,
    ids: &dyn IdSource,
    tenant_id: &TenantId,
    account: NewAccount,
) -> anyhow::Result<()> {
    if store.find_user_by_name(&account.user_name).await.context("look up account")?.is_some() {
        return Ok(());
    }
    add_account(store, ids, tenant_id, account).await
}

/// Adds an account.
pub(crate) async fn add_account(
    store: &Store,
    ids: &dyn IdSource,
    tenant_id: &TenantId,
    account: NewAccount,
) -> anyhow::Result<()> {
    let (password, salt) = (account.password, ids.random_bytes());
    let hashed = tokio::task::spawn_blocking(move || api::hash_password(&password, salt)).await;
    let user = User {
        id: account.id,
        tenant_id: tenant_id.clone(),
        user_name: account.user_name,
        display_name: account.display_name,
        role: account.role,
        password_hash: Some(hashed.context("hash password")?.context("hash password")?),
    };
    store.insert_user(&user).await.context("add account")
}

/// Adds an API key for a service and returns its secret, which is kept nowhere else.
pub(crate) async fn add_api_key(
    store: &Store,
    ids: &dyn IdSource,
    tenant_id: &TenantId,
    name: &str,
) -> anyhow::Result<String> {
    let secret = format!("hk_{}", ids.secret());
    let api_key = ApiKey {
        id: ids.api_key_id(),
        tenant_id: tenant_id.clone(),
        name: name.to_owned(),
        role: Role::Service,
        secret_sha256: hex::encode(Sha256::digest(&secret)),
    };
    store.insert_api_key(&api_key).await.context("add API key")?;
    Ok(secret)
}
