import { css } from 'lit'

/** Black in both themes, as every viewer: nothing beside the picture has a colour. */
export const viewerStyle = css`
  .viewer {
    position: fixed;
    top: 0;
    left: 0;
    width: 100%;
    height: 100%;
    max-width: none;
    max-height: none;
    margin: 0;
    padding: 0;
    border: 0;
    overflow: hidden;
    color: #fff;
    background: #000;
  }
  .viewer::backdrop {
    background: #000;
  }
  .viewer .viewer-stage {
    position: absolute;
    top: 0;
    right: 0;
    bottom: 0;
    left: 0;
    display: flex;
    align-items: center;
    justify-content: center;
    overflow: hidden;
    touch-action: none;
    cursor: zoom-in;
  }
  .viewer .viewer-stage[data-zoomed] {
    cursor: grab;
  }
  .viewer .viewer-stage img {
    max-width: 100%;
    max-height: 100%;
    background: repeating-conic-gradient(#b5b5ba 0 25%, #85858a 0 50%) 0 0/16px 16px;
    -webkit-user-select: none;
    user-select: none;
    -webkit-user-drag: none;
  }
  .viewer .viewer-bar {
    position: absolute;
    z-index: 1;
    top: env(safe-area-inset-top, 0);
    left: env(safe-area-inset-left, 0);
    right: env(safe-area-inset-right, 0);
    display: flex;
    align-items: center;
    padding: 6px;
    pointer-events: none;
  }
  .viewer .viewer-count {
    flex: 1;
    padding: 0 10px;
    font-variant-numeric: tabular-nums;
    text-shadow: 0 0 4px #000;
  }
  .viewer button {
    width: 44px;
    height: 44px;
    margin: 0 2px;
    border-radius: 22px;
    color: #fff;
    background: rgba(40, 40, 40, 0.72);
    pointer-events: auto;
  }
  .viewer button:active {
    background: rgba(110, 110, 110, 0.85);
  }
  .viewer button:focus-visible {
    outline: 3px solid #fff;
    outline-offset: -3px;
  }
  .viewer button:disabled {
    visibility: hidden;
  }
  .viewer .viewer-turn {
    position: absolute;
    z-index: 1;
    top: calc(50% - 22px);
  }
  .viewer .viewer-turn.previous {
    left: calc(8px + env(safe-area-inset-left, 0px));
  }
  .viewer .viewer-turn.next {
    right: calc(8px + env(safe-area-inset-right, 0px));
  }
  .viewer p {
    padding: 0 24px;
    text-align: center;
  }
`
