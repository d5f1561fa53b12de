/** Which modules of the library a page loads: seen by doing what the page does, each time in a library of its own. */

import { register } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";
import { MessageChannel, receiveMessageOnPort } from "node:worker_threads";

/** Gives every module the query of the one that imports it, so that none is shared, and tells which there are. */
const HOOKS = `
  let port;
  export const initialize = (given) => void (port = given);
  export async function resolve(specifier, context, next) {
    const found = await next(specifier, context);
    const { search } = new URL(context.parentURL ?? "file:///");
    if (!search.startsWith("?page=") || !specifier.startsWith(".")) return found;
    port.postMessage(found.url + search);
    return { ...found, url: found.url + search };
  }
`;

const { port1: told, port2: port } = new MessageChannel();
register(`data:text/javascript,${encodeURIComponent(HOOKS)}`, { data: port, transferList: [port] });
told.unref();

let pages = 0;

/**
 * Gives the paths of all modules that are loaded by a page that imports `file` and does something with it.
 *
 * @param {string} file
 * @param {(exports: any) => unknown} doing
 * @returns {Promise<Set<string>>}
 */
export async function loads(file, doing) {
  const search = `?page=${pages++}`;
  await doing(await import(pathToFileURL(file) + search));
  const found = new Set([file]);
  for (let each = receiveMessageOnPort(told); each; each = receiveMessageOnPort(told)) {
    const url = new URL(each.message);
    if (url.search === search) found.add(fileURLToPath(url.origin === "null" ? `file://${url.pathname}` : url));
  }
  return found;
}
