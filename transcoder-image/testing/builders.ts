import type { AudioTrack, Media, Source, SubtitleTrack, VideoTrack } from "../probe/media.ts";

/** A plain H.264 video track. */
export function aVideoTrack(overrides: Partial<VideoTrack> = {}): VideoTrack {
  return {
    index: 0,
    codec: "h264",
    trackId: 1,
    profile: "High",
    tag: "avc1",
    pixelFormat: "yuv420p",
    width: 1920,
    height: 1080,
    sampleAspectRatio: "1:1",
    rotation: 0,
    displayMatrix: [1, 0, 0, 1],
    frameRate: 25,
    timeBase: "1/12800",
    startSeconds: 0,
    durationSeconds: 0.12,
    interlaced: false,
    colour: { primaries: null, transfer: null, space: null, range: null },
    dolbyVision: false,
    claimedFrames: 3,
    isDefault: true,
    ...overrides,
  };
}

export function anAudioTrack(overrides: Partial<AudioTrack> = {}): AudioTrack {
  return { index: 1, codec: "aac", channels: 2, startSeconds: 0, ...overrides };
}

export function aSubtitleTrack(overrides: Partial<SubtitleTrack> = {}): SubtitleTrack {
  return { index: 2, codec: "mov_text", claimedPackets: 1, startSeconds: 0, ...overrides };
}

/** A file with a picture and nothing else. */
export function aMedia(overrides: Partial<Media> = {}): Media {
  return {
    video: [aVideoTrack()],
    audio: [],
    subtitles: [],
    covers: [],
    data: [],
    chapterCount: 0,
    timecode: null,
    tagNames: [],
    encrypted: false,
    startSeconds: 0,
    durationSeconds: 0.12,
    sizeBytes: 1000,
    ...overrides,
  };
}

export function aSource(video: Partial<VideoTrack> = {}, media: Partial<Media> = {}): Source {
  const track = aVideoTrack(video);
  return {
    media: aMedia({ video: [track], ...media }),
    video: track,
    timestamps: [0, 0.04, 0.08],
    presentedSeconds: 0.12,
    hiddenFrames: 0,
    hdr10: null,
    captions: null,
    captionTracks: [],
  };
}
