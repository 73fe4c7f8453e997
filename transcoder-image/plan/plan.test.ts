import { describe, expect, test } from "vitest";
import { defaultSettings, type TranscodeSettings } from "@transpod/contract/transcode-settings.ts";
import type { Hdr10 } from "@transpod/contract/work-protocol.ts";
import type { FfmpegFacts } from "../ffmpeg/facts.ts";
import { anAudioTrack, aSource, aSubtitleTrack, aVideoTrack } from "../testing/builders.ts";
import type { Source } from "../probe/media.ts";
import type { Container } from "./container.ts";
import { planTranscode } from "./plan.ts";

const trixie: FfmpegFacts = { major: 7, minor: 1, hasZscale: true };
const hlg = { primaries: "bt2020", transfer: "arib-std-b67", space: "bt2020nc", range: "tv" };

function plan(
  source: Source,
  container: Container = "mp4",
  ffmpeg = trixie,
  requested: Partial<TranscodeSettings> = {},
) {
  return planTranscode(source, {
    container,
    ffmpeg,
    cpus: 2,
    requested: { ...defaultSettings, ...requested },
    input: "in",
    output: "out",
  });
}

/** The arguments between the input and the timing: the part that depends on the source. */
function middle(source: Source, container?: Container): string {
  const { args } = plan(source, container);
  return args.slice(args.indexOf("in") + 1, args.indexOf("-map_metadata")).join(" ");
}

const x264 = "-c:v:0 libx264 -preset:v:0 medium -crf:v:0 20 -threads:v:0 2";
const x265 =
  "-c:v:0 libx265 -preset:v:0 medium -crf:v:0 23 -tag:v:0 hvc1 " +
  "-x265-params:v:0 log-level=warning:open-gop=0:pools=2 -a53cc:v:0 0";

/** Gives the sample that is decoded last what is missing of so many units. */
const setts = (units: number) =>
  String.raw`setts=pts=PTS:dts=DTS:duration=if(eq(NEXT_DTS\,NOPTS)\,max(1\,${units}-DTS+STARTDTS)\,DURATION)`;

describe("the whole command", () => {
  test("H.264 with AAC becomes H.265 with the same audio", () => {
    const source = aSource({}, { audio: [anAudioTrack()] });
    expect(plan(source).args).toEqual([
      ...["-nostdin", "-hide_banner", "-y", "-loglevel", "level+warning"],
      ...["-nostats", "-progress", "pipe:1", "-stats_period", "1"],
      ...["-protocol_whitelist", "file", "-format_whitelist", "mov", "-f", "mov"],
      ...["-max_pixels", "36000000", "-threads", "2", "-noautorotate", "-i", "in"],
      ...["-map", "0:0", "-map", "0:1"],
      ...x265.split(" "),
      ...["-pix_fmt:v:0", "yuv420p", "-c:a:0", "copy"],
      ...["-map_metadata", "0", "-map_chapters", "0"],
      ...["-metadata", "major_brand=", "-metadata", "minor_version="],
      ...["-metadata", "compatible_brands="],
      ...["-fps_mode", "passthrough", "-enc_time_base:v:0", "1/12800"],
      ...["-video_track_timescale", "12800", "-movie_timescale", "90000"],
      ...["-bsf:v:0", setts(1536)],
      ...["-movflags", "+faststart", "-f", "mp4", "out"],
    ]);
    expect(plan(source).sampleArgs).toEqual([
      ...["-map", "0:0", "-filter:v"],
      "select='between(n,0,0)+between(n,1,1)+between(n,2,2)',format=yuv420p",
      ...["-fps_mode", "passthrough", "-f", "rawvideo", "out.original.yuv"],
    ]);
  });

  test("frames are sampled between the filters that need all of them and those that need one", () => {
    const source = aSource({
      ...{ ...ten, interlaced: true },
      colour: { primaries: "bt2020", transfer: "smpte2084", space: "bt2020nc", range: "tv" },
    });
    expect(plan(source).sampleArgs.join(" ")).toMatch(
      / bwdif=[^ ]*,select='[^']*',setparams=[^ ]*zscale=[^ ]*,format=yuv420p /,
    );
  });

  test("the output is expected to hold what was planned", () => {
    const source = aSource({ rotation: -90 }, { audio: [anAudioTrack({ codec: "opus" })] });
    expect(plan(source, "mov").expected).toEqual({
      codec: "hevc",
      tag: "hvc1",
      width: 1920,
      height: 1080,
      rotation: -90,
      frames: 3,
      hdr10: null,
      captions: false,
      captionTracks: [],
      hidesLocation: false,
      audio: [{ codec: "aac", encoded: true, offsetSeconds: 0 }],
      subtitles: 0,
      covers: 0,
      chapters: 0,
      colour: { primaries: null, transfer: null, space: null, range: null },
      sampleAspectRatio: "1:1",
    });
  });
});

const fullRange = { primaries: null, transfer: null, space: null, range: "pc" };
const ten = { codec: "hevc", pixelFormat: "yuv420p10le" };
const table: [sentence: string, source: Source, container: Container, args: string][] = [
  [
    "H.265 becomes H.264",
    aSource({ codec: "hevc" }),
    "mp4",
    `-map 0:0 ${x264} -pix_fmt:v:0 yuv420p`,
  ],
  [
    "10-bit H.264 stays 10-bit",
    aSource({ pixelFormat: "yuv420p10le" }),
    "mp4",
    `-map 0:0 ${x265} -pix_fmt:v:0 yuv420p10le`,
  ],
  [
    "10-bit H.265 becomes 8-bit H.264",
    aSource(ten),
    "mp4",
    `-map 0:0 ${x264} -pix_fmt:v:0 yuv420p`,
  ],
  [
    "full range stays full range",
    aSource({ pixelFormat: "yuvj420p", colour: fullRange }),
    "mp4",
    `-map 0:0 -filter:v:0 setparams=range=pc ${x265} -pix_fmt:v:0 yuvj420p`,
  ],
  [
    "so does full range whose colour resolution is reduced",
    aSource({ pixelFormat: "yuv422p10le", colour: fullRange }),
    "mov",
    "-map 0:0 -filter:v:0 setparams=range=pc,scale=in_range=full:out_range=full,format=yuv420p10le " +
      `${x265} -pix_fmt:v:0 yuv420p10le`,
  ],
  [
    "colour tags are handed on, also HDR's",
    aSource({ pixelFormat: "yuv420p10le", colour: hlg }),
    "mp4",
    "-map 0:0 -filter:v:0 " +
      "setparams=color_primaries=bt2020:color_trc=arib-std-b67:colorspace=bt2020nc:range=tv " +
      `${x265} -pix_fmt:v:0 yuv420p10le`,
  ],
  [
    "interlaced pictures of an odd size are deinterlaced, then cropped",
    aSource({ width: 161, height: 91, interlaced: true }),
    "mp4",
    "-map 0:0 -filter:v:0 bwdif=mode=send_frame:parity=auto:deint=interlaced,crop=160:90:0:0 " +
      `${x265} -pix_fmt:v:0 yuv420p`,
  ],
  [
    "PCM stays in a .mov",
    aSource({}, { audio: [anAudioTrack({ codec: "pcm_s16le" })] }),
    "mov",
    `-map 0:0 -map 0:1 ${x265} -pix_fmt:v:0 yuv420p -c:a:0 copy`,
  ],
  [
    "PCM becomes AAC in an .mp4, beside audio that is copied",
    aSource({}, { audio: [anAudioTrack({ codec: "pcm_s16le" }), anAudioTrack({ index: 2 })] }),
    "mp4",
    `-map 0:0 -map 0:1 -map 0:2 ${x265} -pix_fmt:v:0 yuv420p ` +
      "-c:a:0 aac -b:a:0 192000 -c:a:1 copy",
  ],
  [
    "FLAC stays in an .mp4, which old versions call experimental",
    aSource({}, { audio: [anAudioTrack({ codec: "flac" })] }),
    "mp4",
    `-map 0:0 -map 0:1 ${x265} -pix_fmt:v:0 yuv420p -c:a:0 copy -strict -2`,
  ],
  [
    "of more channels than AAC has, the first are kept",
    aSource({}, { audio: [anAudioTrack({ codec: "pcm_s16le", channels: 9 })] }),
    "mp4",
    `-map 0:0 -map 0:1 ${x265} -pix_fmt:v:0 yuv420p ` +
      "-filter:a:0 pan=7.1|c0=c0|c1=c1|c2=c2|c3=c3|c4=c4|c5=c5|c6=c6|c7=c7 " +
      "-c:a:0 aac -b:a:0 512000",
  ],
  [
    "subtitles and cover art are copied into an .mp4",
    aSource({}, { subtitles: [aSubtitleTrack()], covers: [{ index: 3, codec: "mjpeg" }] }),
    "mp4",
    `-map 0:0 -map 0:2 -map 0:3 ${x265} -pix_fmt:v:0 yuv420p ` +
      "-c:s:0 copy -c:v:1 copy -disposition:v:1 attached_pic",
  ],
];

test.each(table)("%s", (_sentence, source, container, args) => {
  expect(middle(source, container)).toBe(args);
});

describe("what a client chose", () => {
  const args = (codec: "h264" | "hevc", requested: Partial<TranscodeSettings>) =>
    plan(aSource({ codec }), "mp4", trixie, requested).args.join(" ");

  test.each([
    ["h264", { quality: "smaller" }, "-preset:v:0 slow -crf:v:0 26"],
    ["hevc", { quality: "smaller" }, "-preset:v:0 slow -crf:v:0 23"],
    ["h264", { quality: "faster" }, "-preset:v:0 veryfast -crf:v:0 23"],
    ["h264", { quality: "smaller", crf: 30 }, "-preset:v:0 slow -crf:v:0 30"],
    ["hevc", { preset: "fast" }, "-preset:v:0 fast -crf:v:0 20"],
  ] as const)("of %s as %j is what the encoder is told", (codec, requested, told) => {
    expect(args(codec, requested)).toContain(told);
  });

  test("may be that the result does not say where it was recorded", () => {
    const tagNames = ["title", "location", "com.apple.quicktime.location.ISO6709"];
    const source = aSource({}, { tagNames });
    const { args: told, expected, notes } = plan(source, "mov", trixie, { location: "remove" });
    expect(told.join(" ")).toContain(
      "-metadata location= -metadata com.apple.quicktime.location.ISO6709=",
    );
    expect(told).not.toContain("title=");
    expect(expected.hidesLocation).toBe(true);
    expect(notes).toEqual(["The recording location was removed, as requested."]);
  });
});

test("what HDR10 was mastered for is told to x265 in its own units", () => {
  const hdr10: Hdr10 = {
    mastering: {
      ...{ red: [0.68, 0.32], green: [0.265, 0.69], blue: [0.15, 0.06] },
      ...{ white_point: [0.3127, 0.329], min_luminance: 0.005, max_luminance: 1000 },
    },
    content_light: { max_content: 1000, max_average: 400 },
  };
  const { args, expected } = plan({ ...aSource({ ...ten, codec: "h264" }), hdr10 });
  expect(args[args.indexOf("-x265-params:v:0") + 1]).toBe(
    "log-level=warning:open-gop=0:pools=2:" +
      "master-display=G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)L(10000000,50):" +
      "max-cll=1000,400",
  );
  expect(expected.hdr10).toEqual(hdr10);
});

describe("HDR into H.264", () => {
  test("is tone-mapped, and loses the metadata that speaks of HDR", () => {
    const { args, notes } = plan(aSource({ ...ten, colour: hlg }));
    expect(args[args.indexOf("-filter:v:0") + 1]?.split(",")).toEqual([
      "setparams=color_primaries=bt2020:color_trc=arib-std-b67:colorspace=bt2020nc:range=tv",
      "zscale=t=linear:npl=203",
      "format=gbrpf32le",
      "zscale=p=bt709",
      "tonemap=mobius:desat=0",
      "zscale=t=bt709:m=bt709:r=tv",
      "format=yuv420p",
      "sidedata=mode=delete:type=MASTERING_DISPLAY_METADATA",
      "sidedata=mode=delete:type=CONTENT_LIGHT_LEVEL",
    ]);
    expect(notes.join()).toContain("HDR was tone-mapped");
  });

  test("says so where this ffmpeg can't tone-map", () => {
    const source = aSource({ ...ten, colour: hlg });
    const { notes } = plan(source, "mp4", { ...trixie, hasZscale: false });
    expect(notes.join()).toContain("no zscale filter");
  });
});

describe("phone tags", () => {
  const tagNames = ["title", "com.android.version"];
  const movflags = (source: Source) => {
    const { args } = plan(source);
    return args[args.indexOf("-movflags") + 1];
  };

  test.each(["com.apple.quicktime.make", "com.android.version"])(
    "such as %s are kept with a flag of their own",
    (name) => {
      const source = aSource({}, { tagNames: [name] });
      expect(movflags(source)).toBe("+faststart+use_metadata_tags");
      expect(plan(source).notes).toEqual([]);
    },
  );

  test("that every file may have need no flag", () => {
    expect(movflags(aSource({}, { tagNames: ["title"] }))).toBe("+faststart");
  });

  test("give way to cover art, which that flag would lose", () => {
    const covers = [{ index: 3, codec: "mjpeg" }];
    const source = aSource({}, { tagNames, covers });
    expect(movflags(source)).toBe("+faststart");
    expect(plan(source).notes.join()).toContain("phone's own tags were dropped");
  });
});

test("whatever is lost or changed is said", () => {
  const source = aSource(
    { codec: "hevc", pixelFormat: "yuv422p12le", width: 161, interlaced: true, dolbyVision: true },
    {
      audio: [
        anAudioTrack({ codec: "opus", channels: 10 }),
        anAudioTrack({ codec: "unknown", channels: 0 }),
      ],
      subtitles: [aSubtitleTrack({ index: 4, codec: "dvd_subtitle" })],
      covers: [{ index: 5, codec: "png" }],
      data: [{ index: 6, codec: "mebx" }],
    },
  );
  source.media.video.push(aVideoTrack({ index: 7, codec: "mjpeg" }));
  expect(plan(source, "mov").notes).toEqual([
    "The video is interlaced; it was deinterlaced.",
    "Cropped from 161 x 1080 to 160 x 1080: sizes must be even.",
    "Colour resolution was reduced from 4:2:2 to 4:2:0, which players expect.",
    "Colour depth was reduced from 12 to 8 bits: few H.264 players show more.",
    "Dolby Vision metadata was dropped; the base layer was kept.",
    "Audio was converted from opus to AAC, which .mov can hold.",
    "The first 8 of 10 audio channels were kept: AAC can hold no more.",
    "An audio track that can't be decoded was dropped.",
    "Other video tracks were dropped: mjpeg.",
    "Subtitles were dropped: dvd_subtitle.",
    "The cover picture was dropped: png.",
    "Data tracks were dropped: mebx.",
  ]);
});
