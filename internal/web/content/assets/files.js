// Pictures from outside: chosen, dropped or pasted.
import { byID } from './elements.js';

// listen calls take with a list of files whenever the reader gives some.
export function listen(take) {
  const give = (files) => { if (files?.length) take([...files]); };
  const input = byID('files');
  byID('choose').addEventListener('click', () => input.click());
  input.addEventListener('change', () => {
    give(input.files);
    input.value = ''; // so that the same file can be chosen again
  });
  addEventListener('paste', (event) => give(event.clipboardData?.files));
  listenToDrops(give);
}

function listenToDrops(give) {
  const veil = byID('dropping');
  const hasFiles = (event) => event.dataTransfer?.types.includes('Files');
  addEventListener('dragover', (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault(); // else the browser leaves the page for the file
    veil.hidden = false;
  });
  addEventListener('dragleave', (event) => { if (!event.relatedTarget) veil.hidden = true; });
  addEventListener('drop', (event) => {
    veil.hidden = true;
    if (!hasFiles(event)) return;
    event.preventDefault();
    give(event.dataTransfer.files);
  });
}
