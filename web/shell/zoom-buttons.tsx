export interface ZoomButtonsProps {
  /** Of the picture, as people call it. */
  readonly of: string;
  readonly onZoom: (what: 'in' | 'out' | 'fit') => void;
}

export function ZoomButtons({ of, onZoom }: ZoomButtonsProps) {
  return (
    <>
      <button type="button" aria-label={`zoom in on the ${of}`} onClick={() => onZoom('in')}>
        +
      </button>
      <button type="button" aria-label={`zoom out of the ${of}`} onClick={() => onZoom('out')}>
        −
      </button>
      <button type="button" aria-label={`fit the ${of}`} onClick={() => onZoom('fit')}>
        Fit
      </button>
    </>
  );
}
