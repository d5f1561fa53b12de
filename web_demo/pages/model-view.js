/**
 * What exactly the model saw: the prepared picture, pixel by pixel.
 */

import { find, setText } from "./dom.js";

/**
 * Shows the prepared picture at its own size; the style sheet enlarges it without smoothing.
 *
 * @param {ImageBitmap | ImageData} view
 * @param {string} sha256 of the prepared tensor, which Python gives for the same photo
 */
export function showView(view, sha256) {
  const canvas = find("seen", HTMLCanvasElement);
  const size = `${view.width} × ${view.height}`;
  canvas.dataset.sha256 = sha256;
  canvas.title = `SHA-256 of the prepared tensor: ${sha256}`;
  canvas.width = view.width;
  canvas.height = view.height;
  const context = canvas.getContext("2d", { alpha: false });
  if (!context) return;
  if (view instanceof ImageData) {
    context.putImageData(view, 0, 0);
  } else {
    context.drawImage(view, 0, 0);
    view.close();
  }
  setText(find("seen-size", HTMLElement), size);
  canvas.setAttribute("aria-label", `The picture as the model saw it, ${size} pixels`);
}
