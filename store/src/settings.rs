use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use crate::{Error, MasterKey};

/// Everything the store needs to open.
#[derive(Debug, Clone)]
pub struct StoreSettings {
    /// Where the rows are.
    pub database: DatabaseUrl,
    /// Where the objects are.
    pub objects: ObjectSettings,
    /// The key that wraps every other key.
    pub master_key: MasterKey,
}

/// Where the rows are. Its text form is `sqlite:PATH` or `postgres://USER:PASSWORD@HOST/DATABASE`.
#[derive(Clone, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// One file, created when it is missing.
    Sqlite {
        /// The file.
        path: PathBuf,
    },
    /// A server.
    Postgres {
        /// The connection URL.
        url: String,
    },
}

impl FromStr for DatabaseUrl {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return Ok(Self::Postgres { url: text.to_owned() });
        }
        match text.strip_prefix("sqlite:") {
            Some(path) if !path.trim_start_matches('/').is_empty() && !path.starts_with(":memory:") => {
                Ok(Self::Sqlite { path: PathBuf::from(path.strip_prefix("//").unwrap_or(path)) })
            }
            _ => Err(Error::Setting {
                setting: "database",
                problem: "must be sqlite:PATH or postgres://USER:PASSWORD@HOST/DATABASE".to_owned(),
            }),
        }
    }
}

impl fmt::Display for DatabaseUrl {
    /// Writes the file or the server, never the password.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite { path } => write!(formatter, "sqlite:{}", path.display()),
            Self::Postgres { url } => {
                let rest = url.split_once("://").map_or("", |(_, rest)| rest);
                let place = rest.split_once('@').map_or(rest, |(_, place)| place);
                write!(formatter, "postgres://{}", place.split('?').next().unwrap_or_default())
            }
        }
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{self}")
    }
}

/// Where the objects are.
#[derive(Clone, PartialEq, Eq)]
pub enum ObjectSettings {
    /// Files below a directory, created when it is missing.
    Directory {
        /// The directory.
        path: PathBuf,
    },
    /// A bucket of an S3 service.
    S3 {
        /// The URL of the service; none for AWS. With an endpoint, buckets are addressed by path.
        endpoint: Option<String>,
        /// The region.
        region: String,
        /// The bucket; it must exist.
        bucket: String,
        /// What every key starts with; may be empty.
        prefix: String,
        /// The access key.
        access_key_id: String,
        /// The secret of the access key.
        secret_access_key: String,
    },
}

impl fmt::Debug for ObjectSettings {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Directory { path } => formatter.debug_struct("Directory").field("path", path).finish(),
            Self::S3 { endpoint, region, bucket, prefix, .. } => formatter
                .debug_struct("S3")
                .field("endpoint", endpoint)
                .field("region", region)
                .field("bucket", bucket)
                .field("prefix", prefix)
                .finish_non_exhaustive(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::DatabaseUrl;

    #[test]
    fn database_urls_parse_and_hide_the_password() {
        let sqlite = |path: &str| DatabaseUrl::Sqlite { path: PathBuf::from(path) };
        assert_eq!("sqlite:huiji.db".parse::<DatabaseUrl>().expect("valid"), sqlite("huiji.db"));
        assert_eq!("sqlite:///var/huiji.db".parse::<DatabaseUrl>().expect("valid"), sqlite("/var/huiji.db"));
        let postgres: DatabaseUrl = "postgres://me:hunter2@db.example:5432/huiji?x=y".parse().expect("valid");
        assert_eq!(
            format!("{postgres} {postgres:?}"),
            "postgres://db.example:5432/huiji postgres://db.example:5432/huiji"
        );
        for bad in ["", "sqlite:", "sqlite::memory:", "mysql://x/y", "huiji.db"] {
            assert!(bad.parse::<DatabaseUrl>().is_err(), "{bad:?} must be refused");
        }
    }
}
