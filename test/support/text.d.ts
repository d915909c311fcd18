// Vite's suffix for a file as text: its own JSON parser refuses a lone surrogate, which is what some vectors are about.
declare module '*.json?raw' {
  const text: string
  export default text
}
