import { rename, writeFile } from "node:fs/promises";
import { execa } from "execa";
import {
  corrupt,
  overwriteWithNoise,
  truncate,
  rotate as rotateFile,
} from "@transpod/transcoder-image/testing/damage.ts";
import {
  generate,
  trimStart as trimFile,
  type Recipe as Video,
} from "@transpod/transcoder-image/testing/generate.ts";
import type { Recipe } from "./media-case.ts";

/** A second of a moving test picture at 25 frames per second, with a stereo tone. */
export function video(recipe: Video = {}): Recipe {
  return (path) => generate(path, recipe);
}

/** ffmpeg's own arguments between the global ones and the path. */
export function ffmpeg(...args: string[]): Recipe {
  return (path) => runFfmpeg(...args, path);
}

/** A file of one container with the extension of the other, as people rename them. */
export function renamed(extension: ".mp4" | ".mov", recipe: Recipe): Recipe {
  return async (path, scene) => {
    const made = `${path}${extension}`;
    await recipe(made, scene);
    await rename(made, path);
  };
}

export function rotated(recipe: Recipe): Recipe {
  return async (path, scene) => {
    await recipe(path, scene);
    await rotateFile(path);
  };
}

export function written(text: string | ((scene: Parameters<Recipe>[1]) => string)): Recipe {
  return (path, scene) => writeFile(path, typeof text === "string" ? text : text(scene));
}

/** Makes a whole file first, then another one from it. */
export function madeOf(
  whole: Recipe,
  make: (from: string, to: string) => Promise<unknown>,
): Recipe {
  return async (path, scene) => {
    const from = scene.beside("whole.mp4");
    await whole(from, scene);
    await make(from, path);
  };
}

export const cutOff = (share: number, whole: Recipe) =>
  madeOf(whole, (from, to) => truncate(from, to, share));

export const damaged = (whole: Recipe) => madeOf(whole, corrupt);

export const withNoise = (share: number, whole: Recipe) =>
  madeOf(whole, (from, to) => overwriteWithNoise(from, to, share));

export const trimmed = (seconds: number, whole: Recipe) =>
  madeOf(whole, (from, to) => trimFile(from, to, seconds));

/** The same tracks in a new file. */
export const remuxed = (whole: Recipe, ...args: string[]) =>
  madeOf(whole, (from, to) => runFfmpeg("-i", from, "-c", "copy", ...args, to));

export async function runFfmpeg(...args: string[]): Promise<void> {
  await execa("ffmpeg", ["-nostdin", "-v", "error", "-y", ...args]);
}
