//! What an ingress may be like.

use std::collections::BTreeMap;

use url::Url;

use crate::error::Refusal;
use crate::proto::ingress_audio_options::EncodingOptions as AudioEncoding;
use crate::proto::ingress_video_options::EncodingOptions as VideoEncoding;
use crate::proto::{
    AudioCodec, IngressAudioEncodingOptions, IngressAudioEncodingPreset, IngressAudioOptions, IngressInfo,
    IngressInput, IngressVideoEncodingOptions, IngressVideoEncodingPreset, IngressVideoOptions, TrackSource,
    VideoCodec, VideoLayer, VideoQuality,
};
use crate::testing::refusals::invalid;

/// Schemes of URLs that media is pulled from.
const SCHEMES: [&str; 3] = ["http", "https", "srt"];
/// Channels of audio.
const MAX_CHANNELS: u32 = 2;

/// The URL that media is pulled from, with its scheme in small letters.
pub(super) fn pull_url(text: &str) -> Result<String, Refusal> {
    if text.is_empty() {
        return Err(invalid("a URL is required"));
    }
    let parts = text.split_once("://").filter(|_| Url::parse(text).is_ok());
    let (scheme, rest) = parts.ok_or_else(|| invalid("the URL cannot be parsed"))?;
    let scheme = scheme.to_ascii_lowercase();
    match SCHEMES.contains(&scheme.as_str()) {
        true => Ok(format!("{scheme}://{rest}")),
        false => Err(invalid(format!("unsupported scheme {scheme:?}"))),
    }
}

/// Refuses what contradicts itself, in the order in which LiveKit looks.
pub(super) fn ingress(info: &IngressInfo) -> Result<(), Refusal> {
    let input = info.input_type();
    let is_transcoded = info.enable_transcoding == Some(true);
    require(!info.participant_identity.is_empty(), "no participant identity")?;
    if input == IngressInput::UrlInput {
        require(!info.room_name.is_empty(), "no room name")?;
        require(info.enabled != Some(false), "an ingress that pulls cannot be disabled")?;
    }
    require(is_transcoded || input == IngressInput::WhipInput, "only WHIP can do without transcoding")?;
    let audio_encoding = info.audio.as_ref().and_then(|audio| audio.encoding_options.as_ref());
    let video_encoding = info.video.as_ref().and_then(|video| video.encoding_options.as_ref());
    let is_encoded = audio_encoding.is_some() || video_encoding.is_some();
    require(is_transcoded || !is_encoded, "encoding options without transcoding")?;
    info.video.as_ref().map_or(Ok(()), video)?;
    info.audio.as_ref().map_or(Ok(()), audio)
}

fn video(options: &IngressVideoOptions) -> Result<(), Refusal> {
    let sources = [TrackSource::Unknown, TrackSource::Camera, TrackSource::ScreenShare];
    require(is_one_of(options.source, &sources), "invalid video source")?;
    match &options.encoding_options {
        Some(VideoEncoding::Preset(preset)) => {
            require(IngressVideoEncodingPreset::try_from(*preset).is_ok(), "unknown video preset")
        }
        Some(VideoEncoding::Options(options)) => video_encoding(options),
        _ => Ok(()),
    }
}

fn video_encoding(options: &IngressVideoEncodingOptions) -> Result<(), Refusal> {
    // A comparison that no NaN survives.
    require(options.frame_rate >= 0.0, "invalid frame rate")?;
    let codecs = [VideoCodec::DefaultVc, VideoCodec::H264Baseline, VideoCodec::Vp8];
    require(is_one_of(options.video_codec, &codecs), "unsupported video codec")?;
    let mut layers = BTreeMap::new();
    for layer in &options.layers {
        let is_even = |size: u32| size != 0 && size.is_multiple_of(2);
        require(
            is_even(layer.width) && is_even(layer.height),
            "layers need a width and a height that are even",
        )?;
        require(layers.insert(layer.quality, layer).is_none(), "more than one layer of a quality")?;
    }
    let area = |layer: &VideoLayer| u64::from(layer.width) * u64::from(layer.height);
    let qualities = [VideoQuality::Low, VideoQuality::Medium, VideoQuality::High];
    let layers = qualities.into_iter().filter_map(|quality| layers.get(&i32::from(quality)));
    require(layers.map(|layer| area(layer)).is_sorted(), "layers shrink with higher quality")
}

fn audio(options: &IngressAudioOptions) -> Result<(), Refusal> {
    let sources = [TrackSource::Unknown, TrackSource::Microphone, TrackSource::ScreenShareAudio];
    require(is_one_of(options.source, &sources), "invalid audio source")?;
    match &options.encoding_options {
        Some(AudioEncoding::Preset(preset)) => {
            require(IngressAudioEncodingPreset::try_from(*preset).is_ok(), "unknown audio preset")
        }
        Some(AudioEncoding::Options(options)) => audio_encoding(options),
        _ => Ok(()),
    }
}

fn audio_encoding(options: &IngressAudioEncodingOptions) -> Result<(), Refusal> {
    let codecs = [AudioCodec::DefaultAc, AudioCodec::Opus];
    require(is_one_of(options.audio_codec, &codecs), "unsupported audio codec")?;
    require(options.channels <= MAX_CHANNELS, "too many audio channels")
}

fn is_one_of<E: Copy + Into<i32>>(number: i32, values: &[E]) -> bool {
    values.iter().any(|value| (*value).into() == number)
}

fn require(holds: bool, otherwise: &str) -> Result<(), Refusal> {
    if holds { Ok(()) } else { Err(invalid(otherwise)) }
}
