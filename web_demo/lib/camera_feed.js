/**
 * The frames of a camera as they come, each a VideoFrame that whoever is given it closes. No canvas touches them.
 */

/**
 * Gives every frame of a camera to `onFrame` until it is stopped: straight from the track where the browser has a
 * MediaStreamTrackProcessor in a page, else as the video element shows them.
 *
 * @param {MediaStreamTrack} track
 * @param {HTMLVideoElement} video that plays the track
 * @param {(frame: VideoFrame) => void} onFrame
 * @returns {() => void} stops; the track goes on
 */
export function startFeed(track, video, onFrame) {
  const { MediaStreamTrackProcessor: Processor } = /** @type {Processors} */ (globalThis);
  return Processor ? fromTrack(new Processor({ track, maxBufferSize: 1 }), onFrame) : fromVideo(video, onFrame);
}

/**
 * @typedef {{readable: ReadableStream<VideoFrame>}} Processor
 * @typedef {{MediaStreamTrackProcessor?: new (init: {track: MediaStreamTrack, maxBufferSize: number}) => Processor}} Processors
 */

/**
 * @param {Processor} processor
 * @param {(frame: VideoFrame) => void} onFrame
 */
function fromTrack({ readable }, onFrame) {
  const reader = readable.getReader();
  let stopped = false;
  const next = async () => {
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      if (stopped) return read.value.close();
      onFrame(read.value);
    }
  };
  void next();
  return () => {
    stopped = true;
    void reader.cancel();
  };
}

/**
 * @param {HTMLVideoElement} video
 * @param {(frame: VideoFrame) => void} onFrame
 */
function fromVideo(video, onFrame) {
  let asked = 0;
  const take = (/** @type {number} */ _now, /** @type {VideoFrameCallbackMetadata} */ { mediaTime }) => {
    asked = video.requestVideoFrameCallback(take);
    // The element's own position is that of an earlier frame.
    if (video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA)
      onFrame(new VideoFrame(video, { timestamp: Math.round(mediaTime * 1e6) }));
  };
  asked = video.requestVideoFrameCallback(take);
  return () => video.cancelVideoFrameCallback(asked);
}
