use std::ops::Range;
use std::path::Path;
use std::time::Duration;

use aws_sdk_s3::Client;
use aws_sdk_s3::config::retry::RetryConfig;
use aws_sdk_s3::config::timeout::TimeoutConfig;
use aws_sdk_s3::config::{
    BehaviorVersion, Config, Credentials, Region, RequestChecksumCalculation, ResponseChecksumValidation,
};
use aws_sdk_s3::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};
use aws_sdk_s3::primitives::{ByteStream, Length};
use aws_sdk_s3::types::{CompletedMultipartUpload, CompletedPart};
use bytes::Bytes;

use crate::{Error, ObjectSettings};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const READ_TIMEOUT: Duration = Duration::from_secs(30);
const ATTEMPT_TIMEOUT: Duration = Duration::from_mins(2);
const OPERATION_TIMEOUT: Duration = Duration::from_mins(5);
const ATTEMPTS_MAX: u32 = 3;
const PART_BYTES_MIN: u64 = 16 * 1024 * 1024;
/// S3 accepts 10,000.
const PARTS_MAX: u64 = 9_000;

/// Objects in a bucket of an S3 service.
#[derive(Clone)]
pub(crate) struct S3Bucket {
    client: Client,
    bucket: String,
    prefix: String,
}

impl S3Bucket {
    pub(crate) fn new(settings: &ObjectSettings) -> Result<Self, Error> {
        let ObjectSettings::S3 { endpoint, region, bucket, prefix, access_key_id, secret_access_key } = settings else {
            return Err(Error::Setting { setting: "objects", problem: "is not an S3 bucket".to_owned() });
        };
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .read_timeout(READ_TIMEOUT)
            .operation_attempt_timeout(ATTEMPT_TIMEOUT)
            .operation_timeout(OPERATION_TIMEOUT)
            .build();
        let mut config = Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(region.clone()))
            .credentials_provider(Credentials::new(access_key_id, secret_access_key, None, None, "huiji settings"))
            .timeout_config(timeouts)
            .retry_config(RetryConfig::standard().with_max_attempts(ATTEMPTS_MAX));
        if let Some(endpoint) = endpoint {
            // Services other than AWS know neither virtual hosts nor, often, the trailing checksums of newer SDKs.
            config = config
                .endpoint_url(endpoint)
                .force_path_style(true)
                .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
                .response_checksum_validation(ResponseChecksumValidation::WhenRequired);
        }
        let prefix = match prefix.trim_matches('/') {
            "" => String::new(),
            prefix => format!("{prefix}/"),
        };
        Ok(Self { client: Client::from_conf(config.build()), bucket: bucket.clone(), prefix })
    }

    pub(crate) async fn put(&self, key: &str, content: Bytes) -> Result<(), Error> {
        let request = self.client.put_object().bucket(&self.bucket).key(self.name(key)).body(ByteStream::from(content));
        request.send().await.map(drop).map_err(|error| failed("write", key, error))
    }

    /// Uploads in parts, because a single request is limited to 5 GB and starts over when it breaks.
    pub(crate) async fn put_file(&self, key: &str, file: &Path, bytes: u64) -> Result<(), Error> {
        let request = self.client.create_multipart_upload().bucket(&self.bucket).key(self.name(key));
        let upload = request.send().await.map_err(|error| failed("write", key, error))?;
        let upload_id = upload.upload_id().ok_or_else(|| Error::Object {
            action: "write",
            key: key.to_owned(),
            transient: false,
            source: "the service began an upload without naming it".into(),
        })?;
        let uploaded = self.put_parts(key, upload_id, file, bytes).await;
        if uploaded.is_err() {
            let request = self.client.abort_multipart_upload().bucket(&self.bucket).key(self.name(key));
            if let Err(error) = request.upload_id(upload_id).send().await {
                tracing::warn!(object.key = key, error = %DisplayErrorContext(error), "parts of a broken upload remain");
            }
        }
        uploaded
    }

    async fn put_parts(&self, key: &str, upload_id: &str, file: &Path, bytes: u64) -> Result<(), Error> {
        let part_bytes = PART_BYTES_MIN.max(bytes.div_ceil(PARTS_MAX));
        let mut parts = Vec::new();
        for (number, offset) in (1..).zip((0..bytes).step_by(part_bytes as usize)) {
            let length = Length::Exact(part_bytes.min(bytes - offset));
            let body = ByteStream::read_from().path(file).offset(offset).length(length).build().await;
            let body = body.map_err(|source| Error::Object {
                action: "write",
                key: key.to_owned(),
                transient: false,
                source: Box::new(source),
            })?;
            let request = self.client.upload_part().bucket(&self.bucket).key(self.name(key)).upload_id(upload_id);
            let part = request.part_number(number).body(body).send().await;
            let part = part.map_err(|error| failed("write", key, error))?;
            parts.push(CompletedPart::builder().part_number(number).set_e_tag(part.e_tag).build());
        }
        let parts = CompletedMultipartUpload::builder().set_parts(Some(parts)).build();
        let request = self.client.complete_multipart_upload().bucket(&self.bucket).key(self.name(key));
        let request = request.upload_id(upload_id).multipart_upload(parts);
        request.send().await.map(drop).map_err(|error| failed("write", key, error))
    }

    pub(crate) async fn create(&self, key: &str, content: Bytes) -> Result<bool, Error> {
        let request = self.client.put_object().bucket(&self.bucket).key(self.name(key)).if_none_match("*");
        match request.body(ByteStream::from(content)).send().await {
            Ok(_) => Ok(true),
            Err(error) if http_status(&error) == Some(412) => Ok(false),
            Err(error) => Err(failed("write", key, error)),
        }
    }

    pub(crate) async fn get(&self, key: &str, range: Option<Range<u64>>) -> Result<Option<Bytes>, Error> {
        let mut request = self.client.get_object().bucket(&self.bucket).key(self.name(key));
        if let Some(range) = range {
            if range.is_empty() {
                return Ok(Some(Bytes::new()));
            }
            request = request.range(format!("bytes={}-{}", range.start, range.end - 1));
        }
        let response = match request.send().await {
            Ok(response) => response,
            Err(error) if error.code() == Some("NoSuchKey") || http_status(&error) == Some(404) => return Ok(None),
            // The object ends before the range begins.
            Err(error) if http_status(&error) == Some(416) => return Ok(Some(Bytes::new())),
            Err(error) => return Err(failed("read", key, error)),
        };
        let body = tokio::time::timeout(OPERATION_TIMEOUT, response.body.collect()).await;
        let collected = body.map_err(|_| Error::Timeout {
            what: format!("reading object {key}"),
            timeout_ms: OPERATION_TIMEOUT.as_millis() as u64,
        })?;
        let content = collected.map_err(|source| Error::Object {
            action: "read",
            key: key.to_owned(),
            transient: true,
            source: Box::new(source),
        })?;
        Ok(Some(content.into_bytes()))
    }

    pub(crate) async fn delete(&self, key: &str) -> Result<(), Error> {
        let request = self.client.delete_object().bucket(&self.bucket).key(self.name(key));
        match request.send().await {
            Ok(_) => Ok(()),
            Err(error) if http_status(&error) == Some(404) => Ok(()),
            Err(error) => Err(failed("delete", key, error)),
        }
    }

    /// Deletes what is listed below a prefix until nothing is. In a bucket with versions older ones stay, unreadable
    /// without the key of their recording, until a rule of the bucket removes them.
    pub(crate) async fn delete_below(&self, prefix: &str) -> Result<(), Error> {
        loop {
            let request = self.client.list_objects_v2().bucket(&self.bucket).prefix(self.name(prefix));
            let listed = request.send().await.map_err(|error| failed("list", prefix, error))?;
            let names: Vec<String> = listed.contents.into_iter().flatten().filter_map(|object| object.key).collect();
            if names.is_empty() {
                return Ok(());
            }
            for name in names {
                let request = self.client.delete_object().bucket(&self.bucket).key(&name);
                match request.send().await {
                    Ok(_) => {}
                    Err(error) if http_status(&error) == Some(404) => {}
                    Err(error) => return Err(failed("delete", &name, error)),
                }
            }
        }
    }

    pub(crate) fn place(&self) -> String {
        format!("s3 bucket {}", self.bucket)
    }

    fn name(&self, key: &str) -> String {
        format!("{}{key}", self.prefix)
    }
}

fn http_status<E>(error: &SdkError<E>) -> Option<u16> {
    error.raw_response().map(|response| response.status().as_u16())
}

fn failed<E: std::error::Error + Send + Sync + 'static>(action: &'static str, key: &str, error: SdkError<E>) -> Error {
    let transient = match &error {
        SdkError::ServiceError(_) => {
            http_status(&error).is_none_or(|status| status >= 500 || status == 429 || status == 408)
        }
        SdkError::ConstructionFailure(_) => false,
        _ => true,
    };
    Error::Object { action, key: key.to_owned(), transient, source: Box::new(error) }
}
