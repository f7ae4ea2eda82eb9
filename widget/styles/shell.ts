import { css } from 'lit'

/**
 * Launcher, frame and panel. The frame is the band of the screen that can be seen; controllers/viewport.ts alone writes its
 * top and bottom. No transform and no transition may stand on it, or the composer would slide behind the keyboard.
 */
export const shell = css`
  .launcher {
    position: fixed;
    right: var(--im-right, 20px);
    bottom: var(--im-bottom, 20px);
    z-index: var(--im-z, 2147483000);
    display: flex;
    align-items: center;
    justify-content: center;
    width: 58px;
    height: 58px;
    border-radius: 29px;
    background: var(--accent);
    color: var(--accent-ink);
    box-shadow: 0 1px 2px rgba(20, 28, 25, 0.2), 0 6px 20px rgba(20, 28, 25, 0.22);
    transition: box-shadow 0.15s, transform 0.15s;
  }
  @supports (bottom: env(safe-area-inset-bottom, 0px)) {
    .launcher {
      right: calc(var(--im-right, 20px) + env(safe-area-inset-right, 0px));
      bottom: calc(var(--im-bottom, 20px) + env(safe-area-inset-bottom, 0px));
    }
  }
  .root[dir='rtl'] .launcher {
    right: auto;
    left: var(--im-right, 20px);
  }
  @media (hover: hover) {
    .launcher:hover {
      transform: translateY(-2px);
      box-shadow: 0 2px 4px rgba(20, 28, 25, 0.2), 0 10px 28px rgba(20, 28, 25, 0.28);
    }
  }
  .launcher:active {
    transform: scale(0.96);
  }
  .unread {
    position: absolute;
    top: -3px;
    right: -3px;
    min-width: 22px;
    height: 22px;
    padding: 0 6px;
    border-radius: 11px;
    border: 2px solid var(--surface);
    background: #c4322a;
    color: #fff;
    font-size: 12px;
    line-height: 18px;
    font-weight: 600;
    text-align: center;
  }
  .frame {
    position: fixed;
    top: 0;
    right: 0;
    bottom: 0;
    left: 0;
    z-index: var(--im-z, 2147483000);
    pointer-events: none;
  }
  .probe {
    width: 0;
    visibility: hidden;
  }
  .panel {
    position: absolute;
    right: var(--im-right, 20px);
    bottom: var(--im-bottom, 20px);
    width: var(--im-width, 384px);
    max-width: calc(100% - 40px);
    height: var(--im-height, 640px);
    max-height: calc(100% - 40px);
    display: flex;
    flex-direction: column;
    overflow: hidden;
    border-radius: var(--im-radius, 18px);
    background: var(--surface);
    box-shadow: var(--shadow);
    pointer-events: auto;
    outline: none;
    overscroll-behavior: contain;
    animation: appear 0.14s ease-out;
  }
  .root[dir='rtl'] .panel {
    right: auto;
    left: var(--im-right, 20px);
  }
  .frame.modal .panel,
  .inline .frame .panel {
    top: 0;
    right: 0;
    bottom: 0;
    left: 0;
    width: auto;
    max-width: none;
    height: auto;
    max-height: none;
    border-radius: 0;
    box-shadow: none;
  }
  .inline {
    position: relative;
    height: 100%;
    min-height: 320px;
  }
  .inline .frame {
    position: absolute;
    z-index: auto;
  }
  .inline .frame .panel {
    border-radius: var(--im-radius, 0);
    animation: none;
  }
  @keyframes appear {
    from {
      opacity: 0;
    }
  }
  .header {
    flex: none;
    display: flex;
    align-items: center;
    min-height: 60px;
    padding: 0 8px 0 16px;
    border-bottom: 1px solid var(--line);
    background: var(--surface);
  }
  .root[dir='rtl'] .header {
    padding: 0 16px 0 8px;
  }
  @supports (padding: env(safe-area-inset-top, 0px)) {
    .modal .header {
      padding-top: env(safe-area-inset-top, 0px);
      min-height: calc(60px + env(safe-area-inset-top, 0px));
    }
  }
  .avatar {
    flex: none;
    width: 36px;
    height: 36px;
    margin-right: 12px;
    border-radius: 18px;
    background: var(--own);
    color: var(--ink);
    font-weight: 600;
    line-height: 36px;
    text-align: center;
  }
  .root[dir='rtl'] .avatar {
    margin: 0 0 0 12px;
  }
  .who {
    flex: 1;
    min-width: 0;
    display: flex;
    flex-direction: column;
  }
  .who .title {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
    font-size: 16px;
    font-weight: 600;
    line-height: 20px;
  }
  .status {
    font-size: 12.5px;
    line-height: 17px;
    color: var(--muted);
  }
  .status::before {
    content: '';
    display: inline-block;
    width: 7px;
    height: 7px;
    margin: 0 6px 1px 0;
    border-radius: 4px;
    background: #b58a1e;
  }
  .root[dir='rtl'] .status::before {
    margin: 0 0 1px 6px;
  }
  .status[data-state='live']::before {
    background: #22a06b;
  }
  .status[data-state='waiting']::before,
  .status[data-state='refused']::before {
    background: var(--danger);
  }
  .plain {
    flex: none;
    display: flex;
    align-items: center;
    justify-content: center;
    width: 44px;
    height: 44px;
    border-radius: 22px;
    color: var(--muted);
  }
  @media (hover: hover) {
    .plain:hover {
      background: var(--edge);
      color: var(--ink);
    }
  }
  @media (forced-colors: active) {
    .launcher,
    .panel,
    .send,
    .bubble {
      border: 1px solid;
    }
  }
`
