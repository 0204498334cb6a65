/** Things in space with WebGL. Draws only when something changed; fetched when first shown. */

import {
  AmbientLight,
  BoxGeometry,
  BufferGeometry,
  Color,
  DirectionalLight,
  Float32BufferAttribute,
  InstancedMesh,
  LineBasicMaterial,
  LineSegments,
  Matrix4,
  MeshLambertMaterial,
  PerspectiveCamera,
  Scene,
  SphereGeometry,
  WebGLRenderer,
} from "three";
import type { Camera, Space } from "./space";
import { FIELD_OF_VIEW, FRAME, eye } from "./space";

/** How much of its colour is left of what does not stand out. */
const DIM = 0.22;

/** Lines are a pixel wide everywhere: the weight of a link is how far it stands out. */
function faded(color: string, ground: string, part: number): string {
  return `#${new Color(ground).lerp(new Color(color), part).getHexString()}`;
}

export class SpaceScene {
  private readonly renderer: WebGLRenderer;
  private readonly scene = new Scene();
  private readonly camera = new PerspectiveCamera(FIELD_OF_VIEW, 1, 0.05, 100);
  private things: (InstancedMesh | LineSegments)[] = [];

  /** Throws where WebGL is not to be had. `lost` is called when the browser takes it away. */
  constructor(canvas: HTMLCanvasElement, lost: () => void) {
    this.renderer = new WebGLRenderer({ canvas, antialias: true, alpha: true });
    this.renderer.setPixelRatio(Math.min(2, devicePixelRatio));
    canvas.addEventListener("webglcontextlost", lost);
    const sun = new DirectionalLight(0xffffff, 1.6);
    sun.position.set(2, 4, 3);
    this.camera.add(sun);
    this.scene.add(new AmbientLight(0xffffff, 1.7), this.camera);
  }

  resize(width: number, height: number): void {
    this.renderer.setSize(width, height, false);
    this.camera.aspect = width / Math.max(1, height);
    this.camera.updateProjectionMatrix();
  }

  show(space: Space, token: (name: string) => string, selected: number): void {
    this.clear();
    if (space.axes !== null) this.lines(FRAME.map((ends) => ({ ends, color: token("line") })));
    this.lines(
      space.edges.flatMap(({ from, to, color, weight, dim = false }) => {
        const [a, b] = [space.nodes[from], space.nodes[to]];
        if (a === undefined || b === undefined) return [];
        return [
          {
            ends: [a.x, a.y, a.z, b.x, b.y, b.z] as const,
            color: faded(token(color), token("panel"), dim ? DIM : 0.4 + 0.6 * weight),
          },
        ];
      }),
    );
    const shape = space.shape === "cube" ? new BoxGeometry(2, 2, 2) : new SphereGeometry(1, 20, 14);
    const mesh = new InstancedMesh(shape, new MeshLambertMaterial(), space.nodes.length);
    const place = new Matrix4();
    space.nodes.forEach((node, at) => {
      const size = node.size * (at === selected ? 1.25 : 1);
      mesh.setMatrixAt(at, place.makeScale(size, size, size).setPosition(node.x, node.y, node.z));
      const color = token(node.color);
      mesh.setColorAt(at, new Color(node.dim === true ? faded(color, token("panel"), DIM) : color));
    });
    this.add(mesh);
  }

  draw(camera: Camera): void {
    this.camera.position.set(...eye(camera));
    this.camera.lookAt(0, 0, 0);
    this.renderer.render(this.scene, this.camera);
  }

  destroy(): void {
    this.clear();
    this.renderer.dispose();
  }

  private lines(all: readonly { ends: readonly number[]; color: string }[]): void {
    if (all.length === 0) return;
    const shape = new BufferGeometry();
    shape.setAttribute(
      "position",
      new Float32BufferAttribute(
        all.flatMap((one) => [...one.ends]),
        3,
      ),
    );
    const colors = all.flatMap(({ color }) => {
      const { r, g, b } = new Color(color);
      return [r, g, b, r, g, b];
    });
    shape.setAttribute("color", new Float32BufferAttribute(colors, 3));
    this.add(new LineSegments(shape, new LineBasicMaterial({ vertexColors: true, transparent: true, opacity: 0.7 })));
  }

  private add(thing: InstancedMesh | LineSegments): void {
    this.things.push(thing);
    this.scene.add(thing);
  }

  private clear(): void {
    for (const thing of this.things) {
      this.scene.remove(thing);
      thing.geometry.dispose();
      for (const material of [thing.material].flat()) material.dispose();
      if (thing instanceof InstancedMesh) thing.dispose();
    }
    this.things = [];
  }
}
