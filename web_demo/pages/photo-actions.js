/**
 * What can be taken away from an answer: itself as JSON, boxes in the forms of data sets, the photo with another background.
 */

import { answerJson } from "../lib/answers.js";
import { cocoJson, vocXml, yoloText } from "../lib/export_boxes.js";
import { element, find } from "./dom.js";
import { save } from "./save.js";

/** @typedef {import("../lib/answers.js").Answer} Answer */
/** @typedef {import("../lib/export_boxes.js").Photo} Photo */

/**
 * Shows a button for each thing that can be done with the answer.
 *
 * @param {Answer} answer
 * @param {Photo} photo
 * @param {readonly string[]} labels of all classes; empty where there are none
 */
export function showActions(answer, photo, labels) {
  const buttons = [copying(() => JSON.stringify(answerJson(answer), null, 2))];
  const { objects } = answer;
  if (objects) {
    const stem = photo.name.replace(/\.[^.]*$/, "") || "photo";
    const classes = labels.length > 0 ? labels : namesOf(objects);
    buttons.push(
      saving("VOC", `${stem}.xml`, () => vocXml(photo, objects)),
      saving("COCO", `${stem}.json`, () => cocoJson(photo, objects, classes)),
      saving("YOLO", `${stem}.txt`, () => yoloText(photo, objects)),
      saving("YOLO’s class names", "classes.txt", () => classes.map((each) => `${each}\n`).join("")),
    );
  }
  find("actions", HTMLElement).replaceChildren(...buttons);
}

/** Takes the buttons away. */
export function clearActions() {
  find("actions", HTMLElement).replaceChildren();
}

/**
 * Gives a name for each class up to the last that was found.
 *
 * @param {NonNullable<Answer["objects"]>} objects
 */
function namesOf(objects) {
  const names = Array.from({ length: Math.max(0, ...objects.map((each) => each.index + 1)) }, (_, i) => `class ${i}`);
  for (const { index, label } of objects) if (label !== null) names[index] = label;
  return names;
}

/** @param {() => string} text */
function copying(text) {
  const button = action("Copy as JSON");
  button.id = "copy-answer";
  button.addEventListener("click", async () => {
    const done = await navigator.clipboard.writeText(text()).then(
      () => "Copied",
      () => "Not allowed here",
    );
    button.textContent = done;
    setTimeout(() => (button.textContent = "Copy as JSON"), 1500);
  });
  return button;
}

/**
 * @param {string} title
 * @param {string} name
 * @param {() => string} content
 */
function saving(title, name, content) {
  const button = action(title);
  button.dataset.file = name;
  button.setAttribute("aria-label", `Save ${title}`);
  button.addEventListener("click", () => save(new Blob([content()]), name));
  return button;
}

/** @param {string} title */
function action(title) {
  return element("button", { class: "button button-quiet button-small", type: "button" }, title);
}
