// What changes rarely, told by the server; a static site has it in files.
import { address, get, told } from "./server.js";

export async function fact(name, model) {
  const folder = told("facts");
  if (!folder) return get(name, model && { model });
  const response = await fetch(address(`${folder}/${model ? `${name}/${model}` : name}.json`)).catch(() => null);
  if (!response?.ok) throw new Error("That is not to be had without the app's server.");
  return response.json();
}
