//! What an egress produces: as it is asked for, while it comes about, and when it is done.

#![allow(deprecated, reason = "callers still ask for a single output")]

use super::mask;
use crate::proto::egress_info::Request;
use crate::proto::stream_info::Status as StreamStatus;
use crate::proto::{
    AliOssUpload, AzureBlobUpload, DirectFileOutput, EgressInfo, EncodedFileOutput, ExportReplayRequest,
    FileInfo, FileOutput, GcpUpload, ImageOutput, ImagesInfo, Output, ParticipantEgressRequest,
    RoomCompositeEgressRequest, S3Upload, SegmentedFileOutput, SegmentsInfo, StartEgressRequest,
    StorageConfig, StreamOutput, TrackCompositeEgressRequest, TrackEgressRequest, WebEgressRequest,
    track_egress_request,
};

/// One entry for each output, in the order in which they were asked for.
#[derive(Default)]
pub(super) struct Outputs {
    pub(super) urls: Vec<String>,
    pub(super) files: Vec<FileInfo>,
    pub(super) segments: Vec<SegmentsInfo>,
    pub(super) images: Vec<ImagesInfo>,
}

/// The outputs of a request. The credentials in it are masked: from now on, it is only shown.
pub(super) fn take(request: &mut Request) -> Outputs {
    let mut outputs = Outputs::default();
    match request {
        Request::Egress(it) => it.note(&mut outputs),
        Request::Replay(it) => it.note(&mut outputs),
        Request::RoomComposite(it) => it.note(&mut outputs),
        Request::Web(it) => it.note(&mut outputs),
        Request::Participant(it) => it.note(&mut outputs),
        Request::TrackComposite(it) => it.note(&mut outputs),
        Request::Track(it) => it.note(&mut outputs),
        _ => {}
    }
    outputs
}

/// Media arrives: every output begins that has not begun yet.
pub(super) fn begin(info: &mut EgressInfo, now: i64) {
    let starts = info.stream_results.iter_mut().map(|it| &mut it.started_at);
    let starts = starts.chain(info.file_results.iter_mut().map(|it| &mut it.started_at));
    let starts = starts.chain(info.segment_results.iter_mut().map(|it| &mut it.started_at));
    let starts = starts.chain(info.image_results.iter_mut().map(|it| &mut it.started_at));
    starts.filter(|start| **start == 0).for_each(|start| *start = now);
}

/// Every output ends that has not ended yet; streams with this status. What never began takes no time.
pub(super) fn end(info: &mut EgressInfo, now: i64, status: StreamStatus) {
    for stream in info.stream_results.iter_mut().filter(|stream| stream.ended_at == 0) {
        end_stream(stream, now, status);
    }
    for file in &mut info.file_results {
        (file.ended_at, file.duration) = (now, since(file.started_at, now));
    }
    for segments in &mut info.segment_results {
        (segments.ended_at, segments.duration) = (now, since(segments.started_at, now));
    }
    for images in &mut info.image_results {
        images.ended_at = now;
    }
}

pub(super) fn end_stream(stream: &mut crate::proto::StreamInfo, now: i64, status: StreamStatus) {
    stream.status = status.into();
    (stream.ended_at, stream.duration) = (now, since(stream.started_at, now));
}

fn since(start: i64, now: i64) -> i64 {
    if start == 0 { 0 } else { now.saturating_sub(start) }
}

/// A part of a request that produces something, or says where it is stored.
trait Note {
    /// Notes what is produced, and masks the credentials that it takes.
    fn note(&mut self, outputs: &mut Outputs);
}

impl<T: Note> Note for Option<T> {
    fn note(&mut self, outputs: &mut Outputs) {
        self.iter_mut().for_each(|it| it.note(outputs));
    }
}

impl<T: Note> Note for Vec<T> {
    fn note(&mut self, outputs: &mut Outputs) {
        self.iter_mut().for_each(|it| it.note(outputs));
    }
}

/// Messages that produce what these fields produce.
macro_rules! messages {
    ($($name:ident: $($field:ident)*;)*) => {$(
        impl Note for $name {
            fn note(&mut self, outputs: &mut Outputs) {
                $(self.$field.note(outputs);)*
            }
        }
    )*};
}

messages! {
    StartEgressRequest: outputs storage;
    ExportReplayRequest: outputs storage;
    RoomCompositeEgressRequest: output file_outputs stream_outputs segment_outputs image_outputs;
    WebEgressRequest: output file_outputs stream_outputs segment_outputs image_outputs;
    ParticipantEgressRequest: file_outputs stream_outputs segment_outputs image_outputs;
    TrackCompositeEgressRequest: output file_outputs stream_outputs segment_outputs image_outputs;
    TrackEgressRequest: output;
    Output: config storage;
    StorageConfig: provider;
}

/// Choices whose alternatives all produce or store something.
macro_rules! choices {
    ($($module:ident::$name:ident: $($variant:ident)*;)*) => {$(
        impl Note for crate::proto::$module::$name {
            fn note(&mut self, outputs: &mut Outputs) {
                match self {
                    $(Self::$variant(it) => it.note(outputs),)*
                    _ => {}
                }
            }
        }
    )*};
}

choices! {
    output::Config: File Stream Segments Images;
    room_composite_egress_request::Output: File Stream Segments;
    web_egress_request::Output: File Stream Segments;
    track_composite_egress_request::Output: File Stream Segments;
    encoded_file_output::Output: S3 Gcp Azure AliOss;
    direct_file_output::Output: S3 Gcp Azure AliOss;
    segmented_file_output::Output: S3 Gcp Azure AliOss;
    image_output::Output: S3 Gcp Azure AliOss;
    storage_config::Provider: S3 Gcp Azure AliOss;
}

impl Note for track_egress_request::Output {
    fn note(&mut self, outputs: &mut Outputs) {
        match self {
            Self::File(it) => it.note(outputs),
            Self::WebsocketUrl(url) => url.note(outputs),
            _ => {}
        }
    }
}

/// The URL of a stream.
impl Note for String {
    fn note(&mut self, outputs: &mut Outputs) {
        let masked = mask::url(self);
        outputs.urls.push(std::mem::replace(self, masked));
    }
}

impl Note for StreamOutput {
    fn note(&mut self, outputs: &mut Outputs) {
        self.urls.note(outputs);
    }
}

impl Note for FileOutput {
    fn note(&mut self, outputs: &mut Outputs) {
        outputs.files.push(file(&self.filepath));
    }
}

impl Note for EncodedFileOutput {
    fn note(&mut self, outputs: &mut Outputs) {
        outputs.files.push(file(&self.filepath));
        self.output.note(outputs);
    }
}

impl Note for DirectFileOutput {
    fn note(&mut self, outputs: &mut Outputs) {
        outputs.files.push(file(&self.filepath));
        self.output.note(outputs);
    }
}

impl Note for SegmentedFileOutput {
    fn note(&mut self, outputs: &mut Outputs) {
        outputs.segments.push(SegmentsInfo {
            playlist_name: self.playlist_name.clone(),
            live_playlist_name: self.live_playlist_name.clone(),
            ..SegmentsInfo::default()
        });
        self.output.note(outputs);
    }
}

impl Note for ImageOutput {
    fn note(&mut self, outputs: &mut Outputs) {
        let filename_prefix = self.filename_prefix.clone();
        outputs.images.push(ImagesInfo { filename_prefix, ..ImagesInfo::default() });
        self.output.note(outputs);
    }
}

impl Note for S3Upload {
    fn note(&mut self, _: &mut Outputs) {
        mask::value(&mut self.access_key, "{access_key}");
        mask::value(&mut self.secret, "{secret}");
        mask::value(&mut self.session_token, "{session_token}");
        mask::value(&mut self.assume_role_external_id, "{external_id}");
    }
}

impl Note for GcpUpload {
    fn note(&mut self, _: &mut Outputs) {
        mask::value(&mut self.credentials, "{credentials}");
    }
}

impl Note for AzureBlobUpload {
    fn note(&mut self, _: &mut Outputs) {
        mask::value(&mut self.account_name, "{account_name}");
        mask::value(&mut self.account_key, "{account_key}");
    }
}

impl Note for AliOssUpload {
    fn note(&mut self, _: &mut Outputs) {
        mask::value(&mut self.access_key, "{access_key}");
        mask::value(&mut self.secret, "{secret}");
    }
}

fn file(path: &str) -> FileInfo {
    FileInfo { filename: path.to_owned(), ..FileInfo::default() }
}
