use std::borrow::Cow;

use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, SchemaType, Type};
use utoipa::{PartialSchema, ToSchema};

/// Describes an enum of `model` by its wire names, so that the API description cannot disagree with the parser.
macro_rules! closed_set_schema {
    ($($name:ident),+ $(,)?) => {
        $(
            pub(crate) struct $name;

            impl PartialSchema for $name {
                fn schema() -> RefOr<Schema> {
                    named_texts(model::$name::ALL.iter().map(|member| member.as_str()))
                }
            }

            impl ToSchema for $name {
                fn name() -> Cow<'static, str> {
                    Cow::Borrowed(stringify!($name))
                }
            }
        )+
    };
}

closed_set_schema!(
    ActionStatus,
    Codec,
    DiskLevel,
    FailureReason,
    Language,
    Layout,
    LinkAudience,
    MinutesSection,
    MinutesTemplate,
    PlanName,
    Profile,
    Rendition,
    ReviewState,
    Role,
    SafetyConcern,
    ShareScope,
    SpanCause,
    SrtpProfile,
    SuppressionReason,
    TrackSource,
    WebhookEvent,
);

fn named_texts(names: impl Iterator<Item = &'static str>) -> RefOr<Schema> {
    let names: Vec<&str> = names.collect();
    ObjectBuilder::new().schema_type(SchemaType::new(Type::String)).enum_values(Some(names)).into()
}
