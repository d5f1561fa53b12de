/**
 * The cameras of this device: one is opened, and says when it stops giving pictures. What goes wrong is a sentence with its remedy.
 */

import { SatchelError } from "./errors.js";

/** @typedef {{facing?: "user" | "environment", deviceId?: string}} Wanted */

/** The size that is asked for: models see a few hundred pixels a side, more would be copied and scaled down for nothing. */
const SIZE = { width: { ideal: 640 }, height: { ideal: 480 } };

/** What the browser says of a camera that it does not give, and the code and words of it. */
const REFUSALS = /** @type {Readonly<Record<string, readonly [string, string, string]>>} */ ({
  NotAllowedError: [
    "env/camera-refused",
    "this page may not use the camera",
    "Allow the camera beside the page's address (or in the system's settings), then try again",
  ],
  NotFoundError: ["env/no-camera", "no camera was found on this device", "Connect one, then try again"],
  OverconstrainedError: ["env/no-camera", "the camera that was chosen is not there any more", "Choose another one"],
  NotReadableError: [
    "env/camera-in-use",
    "the camera does not start",
    "Close other apps and tabs that use it, then try again",
  ],
  AbortError: [
    "env/camera-in-use",
    "the camera does not start",
    "Close other apps and tabs that use it, then try again",
  ],
});

/**
 * A camera that runs, until it is closed or is gone.
 */
export class Camera {
  #track;

  /** @param {MediaStream} stream of one camera, without sound */
  constructor(stream) {
    this.stream = stream;
    this.#track = stream.getVideoTracks()[0];
  }

  get track() {
    return this.#track;
  }

  /** Gives the id of the device, by which `openCamera` finds it again. */
  get deviceId() {
    return this.#track.getSettings().deviceId;
  }

  /** Says whether people see themselves in it, and so expect a mirror: all cameras but those that look away from the screen. */
  get mirrors() {
    return this.#track.getSettings().facingMode !== "environment";
  }

  /**
   * Tells from now on of what happens to the camera: that it is gone, or that it gives no pictures for a while, and then does again.
   *
   * @param {(problem: SatchelError | undefined) => void} tell undefined when it gives pictures again
   */
  watch(tell) {
    this.#track.addEventListener("ended", () => tell(gone()));
    this.#track.addEventListener("mute", () => tell(silent()));
    this.#track.addEventListener("unmute", () => tell(undefined));
  }

  /** Lets go of the device. */
  close() {
    for (const track of this.stream.getTracks()) track.stop();
  }
}

/**
 * Opens a camera; the browser asks the person whether it may. Its pictures come whole and unscaled.
 *
 * @param {Wanted} [wanted] which device, or which way it looks: `user` towards the person, `environment` away; any one without
 * @returns {Promise<Camera>}
 * @throws {SatchelError} env/camera-refused, env/no-camera, env/camera-in-use, env/no-camera-here
 */
export async function openCamera({ facing, deviceId } = {}) {
  const devices = mediaDevices();
  const which = deviceId ? { deviceId: { exact: deviceId } } : facing ? { facingMode: { ideal: facing } } : {};
  // Not every browser's types know that a camera may be asked for unscaled pictures.
  const unscaled = /** @type {MediaTrackConstraints} */ ({ resizeMode: { exact: "none" } });
  try {
    return new Camera(await devices.getUserMedia({ audio: false, video: { ...SIZE, ...unscaled, ...which } }));
  } catch (error) {
    throw refusalOf(error);
  }
}

/**
 * Gives the cameras of this device; their names are known once one was allowed.
 *
 * @returns {Promise<{deviceId: string, label: string}[]>}
 */
export async function listCameras() {
  const found = await mediaDevices().enumerateDevices();
  const cameras = found.filter(({ kind }) => kind === "videoinput");
  return cameras.map(({ deviceId, label }, place) => ({ deviceId, label: label || `Camera ${place + 1}` }));
}

/**
 * Calls back each time a camera is plugged in or out.
 *
 * @param {() => void} tell
 */
export function watchCameras(tell) {
  mediaDevices().addEventListener("devicechange", tell);
}

/** @returns {MediaDevices} */
function mediaDevices() {
  const found = /** @type {MediaDevices | undefined} */ (navigator.mediaDevices);
  if (found && typeof VideoFrame === "function") return found;
  throw found
    ? new SatchelError("env/no-camera-here", "this browser does not give a page the frames of a camera", {
        hint: "Use a newer browser: Chrome, Edge, Safari 16.4 or Firefox 130.",
      })
    : new SatchelError("env/no-camera-here", "browsers give a camera to secure pages only", {
        hint: "Open this page over https, or as localhost on the machine that serves it.",
      });
}

/** @param {unknown} error */
function refusalOf(error) {
  const { name, message } = error instanceof Error ? error : { name: "", message: String(error) };
  const known = REFUSALS[name];
  const [code, words, hint] = known ?? ["env/camera-in-use", `the camera does not start (${message})`, "Try again"];
  return new SatchelError(code, words, { hint: `${hint}.` });
}

function gone() {
  return new SatchelError("env/camera-gone", "the camera was unplugged, or taken back from this page", {
    hint: "Connect it again or allow it again, then try again.",
  });
}

function silent() {
  return new SatchelError("env/camera-silent", "the camera is there, but sends no pictures", {
    hint: "Look for a switch or a lid that covers it, or another app that holds it: it goes on by itself.",
  });
}
