/** Every raw load and store of the kernel is one of these. An index counts elements, not bytes; nothing is checked. */

// @ts-ignore: decorator
@inline
export function getU32(base: usize, index: u32): u32 {
  return load<u32>(base + ((<usize>index) << 2));
}

// @ts-ignore: decorator
@inline
export function setU32(base: usize, index: u32, value: u32): void {
  store<u32>(base + ((<usize>index) << 2), value);
}

// @ts-ignore: decorator
@inline
export function getF64(base: usize, index: u32): f64 {
  return load<f64>(base + ((<usize>index) << 3));
}

// @ts-ignore: decorator
@inline
export function setF64(base: usize, index: u32, value: f64): void {
  store<f64>(base + ((<usize>index) << 3), value);
}

// @ts-ignore: decorator
@inline
export function getU64(base: usize, index: u32): u64 {
  return load<u64>(base + ((<usize>index) << 3));
}

// @ts-ignore: decorator
@inline
export function setU64(base: usize, index: u32, value: u64): void {
  store<u64>(base + ((<usize>index) << 3), value);
}

// @ts-ignore: decorator
@inline
export function getU8(base: usize, index: u32): u32 {
  return load<u8>(base + <usize>index);
}

// @ts-ignore: decorator
@inline
export function setU8(base: usize, index: u32, value: u32): void {
  store<u8>(base + <usize>index, <u8>value);
}

// @ts-ignore: decorator
@inline
export function zero(base: usize, bytes: usize): void {
  memory.fill(base, 0, bytes);
}

/** Four words from `index` on; they may lie anywhere. */
// @ts-ignore: decorator
@inline
export function getFourU32(base: usize, index: u32): v128 {
  return v128.load(base + ((<usize>index) << 2));
}

// @ts-ignore: decorator
@inline
export function setFourU32(base: usize, index: u32, value: v128): void {
  v128.store(base + ((<usize>index) << 2), value);
}

// @ts-ignore: decorator
@inline
export function getTwoF64(base: usize, index: u32): v128 {
  return v128.load(base + ((<usize>index) << 3));
}

/** One double in the lower lane, for operations that only exist on lanes. */
// @ts-ignore: decorator
@inline
export function getLaneF64(base: usize, index: u32): v128 {
  return v128.load64_zero(base + ((<usize>index) << 3));
}
