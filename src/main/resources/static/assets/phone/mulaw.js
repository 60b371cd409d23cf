// G.711 mu-law, as telephone lines carry it: eight bits, 8000 times a second.

export const RATE = 8000;

/** 20 ms. */
export const FRAME = 160;

const BIAS = 0x84;
const CLIP = 32635;

const LINEAR = Float32Array.from({ length: 256 }, (_, byte) => {
  const code = ~byte & 0xff;
  const magnitude = ((((code & 0x0f) << 3) + BIAS) << ((code & 0x70) >> 4)) - BIAS;
  return (code & 0x80 ? -magnitude : magnitude) / 32768;
});

export const decode = (byte) => LINEAR[byte];

/** @param sample from -1 to 1 */
export function encode(sample) {
  const value = Math.round(sample * 32768);
  const sign = value < 0 ? 0x80 : 0;
  const magnitude = Math.min(Math.abs(value), CLIP) + BIAS;
  const exponent = 31 - Math.clz32(magnitude) - 7;
  const mantissa = (magnitude >> (exponent + 3)) & 0x0f;
  return ~(sign | (exponent << 4) | mantissa) & 0xff;
}
