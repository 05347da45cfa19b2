// A pen that the keyboard moves over the paper.
import { t } from './texts.js';

const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export class Pen {
  constructor(paper, announce) {
    Object.assign(this, { paper, announce, x: paper.side / 2, y: paper.side / 4, down: false });
    paper.canvas.addEventListener('keydown', (event) => this.press(event));
    for (const name of ['focus', 'blur']) paper.canvas.addEventListener(name, () => { this.lift(); paper.draw(); });
  }

  press(event) {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const move = moves[event.key];
    if (move) this.move(move, event.shiftKey ? 3 : 12);
    else if (event.key === ' ') this.toggle(event.repeat);
    else if (event.key === 'Backspace') { this.lift(); this.paper.undo(); }
    else if (event.key === 'Delete') { this.lift(); this.paper.clear(); }
    else return;
    event.preventDefault();
    this.paper.draw();
  }

  move([dx, dy], step) {
    const within = (v) => Math.min(Math.max(v, 12), this.paper.side - 12);
    this.x = within(this.x + dx * step);
    this.y = within(this.y + dy * step);
    if (this.down) this.paper.extend(this.x, this.y, 1);
  }

  toggle(repeat) {
    if (repeat) return;
    if (this.down) return void this.lift();
    this.down = true;
    this.paper.begin(this.x, this.y, 1);
    this.announce(t('pen.down'));
  }

  lift() {
    if (!this.down) return;
    this.down = false;
    this.paper.end();
    this.announce(t('pen.up'));
  }
}
