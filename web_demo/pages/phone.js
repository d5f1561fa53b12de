/**
 * The page for phones: each bundle of this server with its QR code, its address and its digest.
 */

import { element, find, visible } from "./dom.js";
import { notice } from "./notice.js";

/** @typedef {{id: string, name: string, digest: string, file: string, phone: string | null}} Served */

void show();

async function show() {
  const place = find("notice", HTMLElement);
  try {
    const answer = await fetch("/bundles");
    if (!answer.ok) throw new Error(await answer.text());
    /** @type {Served[]} */
    const bundles = await answer.json();
    find("bundles", HTMLElement).replaceChildren(...bundles.map(card));
    if (bundles.some((bundle) => bundle.phone === null)) place.replaceChildren(unreachable());
  } catch (error) {
    place.replaceChildren(notice(error));
  }
}

/** @param {Served} bundle */
function card(bundle) {
  const name = visible(bundle.name);
  const facts = element("dl", { class: "phone-facts" });
  if (bundle.phone) facts.append(...fact("Address", bundle.phone.replace(/#.*/, "")));
  facts.append(...fact("Digest", bundle.digest));
  const actions = element("p", { class: "phone-actions" });
  if (bundle.phone) {
    actions.append(element("a", { class: "button to-app", href: `satchel:${bundle.phone}` }, "Open in the app"));
  }
  actions.append(element("a", { class: "button button-quiet", href: bundle.file }, "Download"));
  const code =
    bundle.phone && element("img", { class: "code", src: `/phone/${bundle.id}.svg`, alt: `QR code of ${name}` });
  return element(
    "li",
    { class: "card phone-bundle" },
    ...(code ? [code] : []),
    element("div", {}, element("h2", {}, name), facts, actions),
  );
}

/** Gives a box that tells how a phone comes to reach this server. */
function unreachable() {
  const title = element("p", { class: "notice-title" }, "No phone can reach this server");
  const command = element("code", {}, "satchel serve --host 0.0.0.0 BUNDLE");
  const told = element(
    "p",
    {},
    "It listens where no other device of a private network comes. Start it with ",
    command,
    ".",
  );
  return element("div", { class: "notice notice-error" }, title, told);
}

/**
 * @param {string} name
 * @param {string} value
 */
function fact(name, value) {
  return [element("dt", {}, name), element("dd", {}, value)];
}
