/** What a keeper is told on its command line; nothing secret. */
export interface KeeperOptions {
  readonly dataDir: string;
  readonly fast: boolean;
  readonly ephemeral: boolean;
}

/** What a keeper tells its parent. */
export type KeeperMessage =
  | { readonly type: 'ready'; readonly url: string; readonly port: number; readonly serverPid: number }
  | { readonly type: 'relaunched'; readonly serverPid: number }
  | { readonly type: 'failed'; readonly message: string }
  | { readonly type: 'log'; readonly line: string };

/** What a parent may ask of its keeper; closing the channel is a stop without hurry. */
export interface StopRequest {
  readonly type: 'stop';
  readonly hurry: boolean;
}
