/** Said to a canvas that WebGL draws on before it is read: what it drew before is no longer there. */
export const DRAW_NOW = "picture:draw";
