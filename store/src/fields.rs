use std::fmt::Display;
use std::str::FromStr;

use model::Timestamp;
use serde::de::DeserializeOwned;
use sqlx::any::AnyRow;
use sqlx::{Any, Decode, Row as _, Type};

use crate::Error;

/// Reads a row into types that cannot be wrong; what does not fit is an error that names table, row and column.
pub(crate) struct Fields<'r> {
    row: &'r AnyRow,
    table: &'static str,
    id_columns: &'static [&'static str],
}

impl<'r> Fields<'r> {
    /// Wraps a row. `id_columns` are the columns of the primary key that the row has.
    pub(crate) const fn of(row: &'r AnyRow, table: &'static str, id_columns: &'static [&'static str]) -> Self {
        Self { row, table, id_columns }
    }

    pub(crate) fn corrupt(&self, column: &'static str, problem: impl Display) -> Error {
        Error::CorruptRow { table: self.table, id: self.id(), column, problem: problem.to_string() }
    }

    pub(crate) fn text(&self, column: &'static str) -> Result<String, Error> {
        self.get(column)
    }

    pub(crate) fn optional_text(&self, column: &'static str) -> Result<Option<String>, Error> {
        self.get(column)
    }

    pub(crate) fn number<T: TryFrom<i64>>(&self, column: &'static str) -> Result<T, Error> {
        let value: i64 = self.get(column)?;
        T::try_from(value).map_err(|_| self.corrupt(column, format_args!("{value} is out of range")))
    }

    pub(crate) fn optional_number<T: TryFrom<i64>>(&self, column: &'static str) -> Result<Option<T>, Error> {
        let value: Option<i64> = self.get(column)?;
        let number =
            |value| T::try_from(value).map_err(|_| self.corrupt(column, format_args!("{value} is out of range")));
        value.map(number).transpose()
    }

    pub(crate) fn flag(&self, column: &'static str) -> Result<bool, Error> {
        match self.get::<i64>(column)? {
            0 => Ok(false),
            1 => Ok(true),
            other => Err(self.corrupt(column, format_args!("{other} is neither 0 nor 1"))),
        }
    }

    pub(crate) fn time(&self, column: &'static str) -> Result<Timestamp, Error> {
        self.get(column).map(Timestamp::from_micros)
    }

    pub(crate) fn optional_time(&self, column: &'static str) -> Result<Option<Timestamp>, Error> {
        Ok(self.get::<Option<i64>>(column)?.map(Timestamp::from_micros))
    }

    pub(crate) fn parsed<T: FromStr<Err: Display>>(&self, column: &'static str) -> Result<T, Error> {
        self.text(column)?.parse().map_err(|error| self.corrupt(column, error))
    }

    pub(crate) fn optional_parsed<T: FromStr<Err: Display>>(&self, column: &'static str) -> Result<Option<T>, Error> {
        let text = self.optional_text(column)?;
        text.map(|text| text.parse().map_err(|error| self.corrupt(column, error))).transpose()
    }

    pub(crate) fn json<T: DeserializeOwned>(&self, column: &'static str) -> Result<T, Error> {
        serde_json::from_str(&self.text(column)?).map_err(|error| self.corrupt(column, error))
    }

    fn get<T: Decode<'r, Any> + Type<Any>>(&self, column: &'static str) -> Result<T, Error> {
        self.row.try_get(column).map_err(|error| self.corrupt(column, error))
    }

    fn id(&self) -> String {
        let part = |column: &&str| {
            let text = self.row.try_get::<String, _>(*column);
            text.or_else(|_| self.row.try_get::<i64, _>(*column).map(|number| number.to_string()))
                .unwrap_or_else(|_| "?".to_owned())
        };
        self.id_columns.iter().map(part).collect::<Vec<_>>().join("/")
    }
}

/// Writes a value for a JSON column.
pub(crate) fn to_json<T: serde::Serialize>(what: &'static str, value: &T) -> Result<String, Error> {
    serde_json::to_string(value).map_err(|source| Error::Encode { what, source })
}

/// Fits an unsigned number into a BIGINT column.
pub(crate) fn bigint(what: &'static str, value: u64) -> Result<i64, Error> {
    i64::try_from(value)
        .map_err(|_| Error::Setting { setting: what, problem: format!("{value} is beyond the range of a BIGINT") })
}
