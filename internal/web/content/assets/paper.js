// The drawing area: strokes of mouse, finger, pen or keyboard.
import { byID, png } from './elements.js';
import { Pen } from './pen.js';

export class Paper {
  side = 280; // units of the strokes, and pixels of the picture that is sent
  strokes = []; // each a list of {x, y, width}
  open = false; // whether the last one goes on

  // changed(ended) is called when there is another picture; ended says that no
  // stroke goes on.
  constructor(changed, announce) {
    Object.assign(this, { changed, canvas: byID('paper'), sheet: byID('sheet'), width: byID('width') });
    this.pen = new Pen(this, announce);
    this.listen();
    new ResizeObserver(() => this.fit()).observe(this.canvas);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.draw());
  }

  get isEmpty() { return this.strokes.length === 0; }

  listen() {
    const { canvas } = this;
    canvas.addEventListener('pointerdown', (event) => {
      if (event.button !== 0 || !event.isPrimary) return;
      canvas.setPointerCapture(event.pointerId);
      this.begin(...this.place(event));
    });
    canvas.addEventListener('pointermove', (event) => {
      if (!this.open || !event.isPrimary || !canvas.hasPointerCapture(event.pointerId)) return;
      const parts = event.getCoalescedEvents?.() ?? [];
      for (const part of parts.length ? parts : [event]) this.extend(...this.place(part));
    });
    for (const name of ['pointerup', 'pointercancel']) canvas.addEventListener(name, (event) => { if (event.isPrimary) this.end(); });
  }

  // place returns where an event is, and how hard the pen is pressed, 1 being
  // usual.
  place(event) {
    const box = this.canvas.getBoundingClientRect();
    const scale = this.side / box.width;
    const force = event.pointerType === 'pen' && event.pressure ? 0.5 + event.pressure : 1;
    return [(event.clientX - box.left) * scale, (event.clientY - box.top) * scale, force];
  }

  begin(x, y, force) {
    this.open = true;
    this.strokes.push([]);
    this.extend(x, y, force);
  }

  extend(x, y, force) {
    this.strokes.at(-1).push({ x, y, width: this.width.value * force });
    this.draw();
    this.changed(false);
  }

  end() {
    if (!this.open) return;
    this.open = false;
    this.changed(true);
  }

  undo() {
    this.open = false;
    if (!this.strokes.pop()) return;
    this.draw();
    this.changed(true);
  }

  clear() {
    this.open = false;
    this.strokes = [];
    this.draw();
    this.changed(true);
  }

  fit() {
    const pixels = Math.round(this.canvas.clientWidth * devicePixelRatio);
    if (!pixels || this.canvas.width === pixels) return;
    this.canvas.width = this.canvas.height = pixels;
    this.draw();
  }

  draw() {
    const context = this.canvas.getContext('2d');
    const style = getComputedStyle(this.canvas);
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, this.canvas.width, this.canvas.height);
    context.scale(this.canvas.width / this.side, this.canvas.width / this.side);
    this.ink(context, style.getPropertyValue('--ink'));
    if (document.activeElement === this.canvas && this.canvas.matches(':focus-visible')) this.cursor(context, style);
    this.sheet.classList.toggle('inked', !this.isEmpty);
  }

  cursor(context, style) {
    context.strokeStyle = context.fillStyle = style.getPropertyValue('--accent');
    context.lineWidth = 2;
    context.beginPath();
    context.arc(this.pen.x, this.pen.y, 8, 0, 7);
    context.stroke();
    if (this.pen.down) context.fill();
  }

  // ink draws the strokes, smoothly from the middle between two places to the
  // next.
  ink(context, colour) {
    context.strokeStyle = context.fillStyle = colour;
    context.lineCap = context.lineJoin = 'round';
    for (const stroke of this.strokes) {
      let [last] = stroke;
      let from = last;
      context.beginPath();
      context.arc(last.x, last.y, last.width / 2, 0, 7);
      context.fill();
      for (const next of stroke.slice(1)) {
        const middle = { x: (last.x + next.x) / 2, y: (last.y + next.y) / 2 };
        context.beginPath();
        context.lineWidth = (last.width + next.width) / 2;
        context.moveTo(from.x, from.y);
        context.quadraticCurveTo(last.x, last.y, middle.x, middle.y);
        context.stroke();
        [from, last] = [middle, next];
      }
      context.beginPath();
      context.lineWidth = last.width;
      context.moveTo(from.x, from.y);
      context.lineTo(last.x, last.y);
      context.stroke();
    }
  }

  // picture returns the drawing as a PNG, dark on light.
  picture() {
    const canvas = document.createElement('canvas');
    canvas.width = canvas.height = this.side;
    const context = canvas.getContext('2d');
    context.fillStyle = '#fff';
    context.fillRect(0, 0, this.side, this.side);
    this.ink(context, '#000');
    return png(canvas);
  }
}
