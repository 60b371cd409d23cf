import '/webjars/chart.js/dist/chart.umd.js';

const { Chart: ChartJs } = window;

const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** A colour as the theme has it now: light-dark() is resolved by an element that wears it. */
function colour(name) {
  const probe = document.createElement('i');
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found;
}

const TONES = { good: '--good', bad: '--bad', warn: '--warn', live: '--live', quiet: '--quiet' };
const LINE_UP = ['--accent', '--live', '--warn', '--quiet'];

/** Those that share a tone are told apart by how much of it they have. */
const STRENGTHS = [1, 0.65, 0.4, 0.25];

const weaker = (rgb, strength) => rgb.replace(/^rgb\((.*)\)$/, `rgba($1, ${strength})`);

/** A chart on a canvas, in the colours of the page. */
export class Chart {
  constructor(canvas, kind, labels, series, stacked) {
    this.canvas = canvas;
    this.kind = kind;
    const text = colour('--quiet');
    const line = colour('--line');
    const font = { family: css('--font'), size: 12 };
    this.chart = new ChartJs(canvas, {
      type: kind,
      data: { labels, datasets: this.#sets(series) },
      options: {
        animation: false,
        responsive: true,
        maintainAspectRatio: false,
        interaction: { mode: 'index', intersect: false },
        scales: {
          x: { stacked, grid: { display: false }, border: { color: line }, ticks: { color: text, font, maxTicksLimit: 8, maxRotation: 0, autoSkipPadding: 16 } },
          y: { stacked, beginAtZero: true, grid: { color: line }, border: { display: false }, ticks: { color: text, font, precision: 0, maxTicksLimit: 5 } },
        },
        plugins: { legend: { display: series.length > 1, position: 'bottom', labels: { color: text, font, boxWidth: 8, boxHeight: 8, usePointStyle: true } } },
      },
    });
  }

  #sets(series) {
    const used = new Map();
    return series.map((it, i) => {
      const name = TONES[it.tone] || LINE_UP[i % LINE_UP.length];
      const times = used.get(name) ?? 0;
      used.set(name, times + 1);
      const tint = weaker(colour(name), STRENGTHS[times % STRENGTHS.length]);
      return this.kind === 'line'
        ? { label: it.name, data: it.values, borderColor: tint, backgroundColor: tint, borderWidth: 2, pointRadius: 2, spanGaps: true, tension: 0.2 }
        : { label: it.name, data: it.values, backgroundColor: tint, borderRadius: 3, maxBarThickness: 28 };
    });
  }

  update(labels, series) {
    this.chart.data = { labels, datasets: this.#sets(series) };
    this.chart.options.plugins.legend.display = series.length > 1;
    this.chart.update();
  }

  destroy() { this.chart.destroy(); }
}
