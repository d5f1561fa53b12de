/**
 * Reads a bundle, from a server or a .satchel file, and gives nothing that was not checked.
 */

import { openListing, tooLarge, wrongLength } from "./bundle_listing.js";
import { SatchelError } from "./errors.js";
import { sha256 } from "./hash.js";
import { parseLabels } from "./labels.js";
import { artefacts, checkTensors, GOLDEN, SPEC } from "./manifest.js";
import { parseSpec } from "./spec.js";

/** @typedef {import("./bundle_listing.js").Source} Source */
/** @typedef {import("./bundle_url.js").Store} Store */
/** @typedef {import("./golden.js").GoldenCase} GoldenCase */
/** @typedef {import("./keep.js").Keep} Keep */
/** @typedef {import("./manifest.js").Artefact} Artefact */
/** @typedef {import("./manifest.js").File} File */
/** @typedef {import("./manifest.js").Manifest} Manifest */
/** @typedef {import("./spec.js").Spec} Spec */
/** @typedef {{loaded: number, total: number, lost?: boolean}} Progress bytes as the bundle stores them; `lost`: the connection is */

/** Bytes of the longest spec.json, golden.json or label file that is read. */
const MAX_DOCUMENT = 64 * 2 ** 20;

/**
 * An open bundle. Opening reads manifest, spec and labels; every other file is read, and its hash checked, when it is asked for.
 */
export class BundleReader {
  #store;
  #files;
  #keep;

  /**
   * @param {Store} store
   * @param {string} digest
   * @param {Manifest} manifest
   * @param {Keep} [keep]
   */
  constructor(store, digest, manifest, keep) {
    this.#store = store;
    this.#keep = keep;
    this.#files = new Map(manifest.files.map((file) => [file.path, file]));
    this.digest = digest;
    this.manifest = manifest;
    this.spec = /** @type {Spec} */ ({});
    /** @type {Record<string, string[]>} */
    this.labels = {};
  }

  /**
   * Opens a bundle.
   *
   * @param {Source} source
   * @param {{digest?: string, keep?: Keep}} [options] the digest that the bundle must have, and where its files are kept for
   *   later visits
   * @returns {Promise<BundleReader>}
   * @throws {SatchelError} spec/newer-version before every other check, then what is damaged or hostile
   */
  static async open(source, { digest, keep } = {}) {
    const opened = await openListing(source, digest, keep);
    const reader = new BundleReader(opened.store, opened.digest, opened.manifest, keep);
    reader.spec = parseSpec(await reader.#document(SPEC, "spec"));
    checkTensors(reader.spec, reader.manifest);
    const lists = Object.entries(reader.spec.labels).map(async ([name, path]) => {
      reader.labels[name] = parseLabels(await reader.#document(path, "labels"), path);
    });
    await Promise.all(lists);
    return reader;
  }

  /**
   * Gives the record of an artefact.
   *
   * @param {string} id `float32/tflite`
   * @returns {Artefact}
   */
  artefact(id) {
    const all = artefacts(this.manifest);
    const found = all.get(id);
    if (found === undefined) {
      throw new SatchelError("bundle/unknown-artefact", `there is no ${JSON.stringify(id)} in this bundle`, {
        where: this.#store.where,
        hint: `It holds: ${[...all.keys()].join(", ")}.`,
      });
    }
    return found;
  }

  /**
   * Gives the .tflite of a variant, inflated where it is stored compressed, both hashes checked.
   *
   * @param {string} variant
   * @param {(progress: Progress) => void} [onProgress]
   * @returns {Promise<Uint8Array<ArrayBuffer>>}
   */
  async model(variant, onProgress = () => {}) {
    const artefact = this.artefact(`${variant}/tflite`);
    const { file, stored_bytes: total } = artefact;
    const stored = await this.read(file, (loaded, _, lost) => onProgress({ loaded, total, lost }));
    if (!file.endsWith("z")) return stored;
    return (await import("./stored_form.js")).unpacked(this, artefact, stored, this.#where(file));
  }

  /**
   * Gives the files of a variant's TF.js graph model by their path beside model.json.
   *
   * @param {string} variant
   * @param {(progress: Progress) => void} [onProgress]
   * @returns {Promise<Map<string, Uint8Array<ArrayBuffer>>>}
   */
  async tfjs(variant, onProgress) {
    return (await import("./bundle_tfjs.js")).graphFiles(this, variant, onProgress);
  }

  /** Gives the golden cases: of exactly the manifest's artefacts and of all the spec's inputs and outputs. */
  async golden() {
    const { goldenOf } = await import("./golden.js");
    return goldenOf(this, await this.#document(GOLDEN, "golden"));
  }

  /**
   * Gives what a golden case is made of by input name: pixels, uint8 [height, width, 3], a row or a Signal.
   *
   * @param {GoldenCase} each
   * @returns {Promise<Record<string, any>>}
   */
  async goldenInput(each) {
    const { goldenThings } = await import("./golden.js");
    return goldenThings(each, (path) => this.read(this.#listed(path, "golden").path));
  }

  /**
   * Gives a file that the manifest lists; length and hash are checked.
   *
   * @param {string} path
   * @param {import("./bundle_url.js").OnBytes} [onBytes]
   * @returns {Promise<Uint8Array<ArrayBuffer>>}
   * @throws {SatchelError} bundle/unknown-path, bundle/wrong-length, bundle/changed-file, bundle/unreadable
   */
  async read(path, onBytes) {
    const file = this.#files.get(path);
    if (file === undefined) {
      const message = `the manifest lists no ${JSON.stringify(path)}`;
      throw new SatchelError("bundle/unknown-path", message, { where: this.#store.where });
    }
    const kept = await this.#keep?.get(file.sha256);
    if (kept) return kept;
    const data = await this.#store.read(path, file.bytes, onBytes);
    if (data.length !== file.bytes) {
      throw wrongLength(
        this.#where(path),
        file.bytes,
        data.length > file.bytes ? `more than ${file.bytes}` : `${data.length}`,
      );
    }
    await this.#checkHash(data, file.sha256, path);
    this.#keep?.put(file.sha256, data);
    return data;
  }

  /**
   * @param {string} path
   * @param {File["role"]} role
   */
  async #document(path, role) {
    const { bytes } = this.#listed(path, role);
    if (bytes > MAX_DOCUMENT) throw tooLarge(this.#where(path), `${bytes}`, MAX_DOCUMENT);
    return this.read(path);
  }

  /**
   * @param {string} path
   * @param {File["role"]} role
   */
  #listed(path, role) {
    const file = this.#files.get(path);
    if (file?.role === role) return file;
    const message = `the manifest lists no ${role} file ${JSON.stringify(path)}`;
    throw new SatchelError("bundle/missing-file", message, { where: this.#store.where });
  }

  /**
   * @param {Uint8Array<ArrayBuffer>} data
   * @param {string} expected
   * @param {string} path
   */
  async #checkHash(data, expected, path) {
    const found = await sha256(data);
    if (found === expected) return;
    throw new SatchelError("bundle/changed-file", `expected the SHA-256 ${expected}, found ${found}`, {
      where: this.#where(path),
      hint: "The file was changed or damaged after packing; get the bundle again.",
    });
  }

  /** @param {string} path */
  #where(path) {
    return `${this.#store.where}: ${path}`;
  }
}
