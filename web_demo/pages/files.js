/**
 * Files that a visitor gives: dropped anywhere on the page, chosen, or pasted.
 */

/**
 * Calls back with the files of each giving, at least one. While files are dragged over the page, the body bears `data-dragging`.
 *
 * @param {HTMLInputElement} input
 * @param {(files: File[]) => void} onFiles
 */
export function listenForFiles(input, onFiles) {
  const give = (/** @type {FileList | null | undefined} */ files) => {
    if (!files?.length) return false;
    onFiles([...files]);
    return true;
  };
  input.addEventListener("change", () => {
    give(input.files);
    input.value = ""; // so that the same file can be chosen again
  });
  document.addEventListener("paste", (event) => {
    if (give(event.clipboardData?.files)) event.preventDefault();
  });
  listenForDrops(give);
}

/** @param {(files: FileList | null | undefined) => boolean} give */
function listenForDrops(give) {
  // dragenter and dragleave also come from every child, so only the depth tells when the drag has left the page.
  let depth = 0;
  const settle = () => {
    document.body.toggleAttribute("data-dragging", depth > 0);
  };
  document.addEventListener("dragenter", () => {
    depth += 1;
    settle();
  });
  document.addEventListener("dragleave", () => {
    depth -= 1;
    settle();
  });
  document.addEventListener("dragover", (event) => event.preventDefault());
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    depth = 0;
    settle();
    give(event.dataTransfer?.files);
  });
}
