// onnxruntime's WebAssembly, for the thread that imports this.
export async function loadRuntime(vendor) {
  const ort = await import(`${vendor}/ort.wasm.bundle.min.mjs`);
  Object.assign(ort.env.wasm, { numThreads: 1, wasmPaths: { wasm: `${vendor}/ort-wasm-simd-threaded.wasm` } });
  return ort;
}
