// A picture from the camera, where the device has one.
import { byID, png } from './elements.js';

const dialog = byID('camera-dialog');
const video = byID('video');
let stream;

// listen calls take with a picture, and failed when the camera cannot be used.
export async function listen(take, failed) {
  const devices = await navigator.mediaDevices?.enumerateDevices().catch(() => []) ?? [];
  if (!devices.some((device) => device.kind === 'videoinput')) return;
  byID('camera').classList.remove('absent'); // its room was kept, so that nothing moves
  byID('camera').addEventListener('click', () => open().catch(() => { close(); failed(); }));
  byID('camera-cancel').addEventListener('click', close);
  byID('take').addEventListener('click', () => {
    const picture = shot();
    close();
    if (picture) take(picture);
  });
  dialog.addEventListener('close', stop);
}

async function open() {
  dialog.showModal();
  const opened = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment', width: { ideal: 1280 }, height: { ideal: 960 } } });
  stream = opened;
  if (!dialog.open) return void stop(); // closed while the reader was asked
  video.srcObject = stream;
}

function close() {
  dialog.close();
  stop();
}

function stop() {
  for (const track of stream?.getTracks() ?? []) track.stop();
  stream = video.srcObject = null;
}

// shot returns the middle square of what the camera sees, as shown.
function shot() {
  const side = Math.min(video.videoWidth, video.videoHeight);
  if (!side) return null;
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = Math.min(side, 1024);
  canvas.getContext('2d').drawImage(video, (video.videoWidth - side) / 2, (video.videoHeight - side) / 2, side, side, 0, 0, canvas.width, canvas.height);
  return new File([png(canvas)], 'camera.png', { type: 'image/png' });
}
