import { useEffect, useRef } from 'preact/hooks';
import { type Picture, renderPicture } from './picture.ts';

export interface PictureViewProps {
  readonly picture: Picture;
  readonly name: string;
  readonly sideMax?: number;
}

export function PictureView({ picture, name, sideMax = 320 }: PictureViewProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const element = canvas.current;
    if (element === null) return;
    const image = renderPicture(picture, sideMax);
    element.width = image.width;
    element.height = image.height;
    element.getContext('2d')?.putImageData(image, 0, 0);
  }, [picture, sideMax]);
  const label = `${name}, ${picture.width} × ${picture.height}`;
  return <canvas ref={canvas} class="picture" role="img" aria-label={label} />;
}
