/** A WebSocket that comes back: exponential backoff with full jitter, at once when the network returns. */

const FIRST_DELAY_MS = 400;
const LONGEST_DELAY_MS = 15_000;
/** The server is being restarted and another one serves: come back at once, but not all in the same instant. */
const SERVICE_RESTART = 1012;
const RESTART_DELAY_MS = 100;

export interface SocketEvents<Incoming> {
  /** Runs before each attempt; rejects when there is no point in opening a socket yet. */
  prepare(): Promise<void>;
  opened(): void;
  frame(frame: Incoming): void;
  lost(): void;
}

export class LiveSocket<Outgoing, Incoming> {
  private socket: WebSocket | null = null;
  private timer: number | undefined;
  private failures = 0;
  private attempt = 0;
  private stopped = true;

  constructor(
    private readonly path: string,
    private readonly events: SocketEvents<Incoming>,
  ) {}

  start(): void {
    if (!this.stopped) return;
    this.stopped = false;
    window.addEventListener("online", this.retryNow);
    window.addEventListener("offline", this.drop);
    document.addEventListener("visibilitychange", this.retryWhenSeen);
    void this.connect();
  }

  stop(): void {
    this.stopped = true;
    window.removeEventListener("online", this.retryNow);
    window.removeEventListener("offline", this.drop);
    document.removeEventListener("visibilitychange", this.retryWhenSeen);
    window.clearTimeout(this.timer);
    this.detach();
  }

  /** Sends if connected; false means that the caller has to keep the frame. */
  send(frame: Outgoing): boolean {
    if (this.socket?.readyState !== WebSocket.OPEN) return false;
    this.socket.send(JSON.stringify(frame));
    return true;
  }

  /** Gives the present connection up and tries again with backoff: it looks dead or is no longer wanted. */
  readonly drop = (): void => {
    if (!this.socket) return;
    this.detach();
    this.scheduleRetry();
  };

  /** Connects again without waiting, dropping what there is. */
  readonly reconnect = (): void => {
    this.detach();
    this.failures = 0;
    void this.connect();
  };

  /** The server answered as it should: the next loss starts from a short delay again. */
  healthy(): void {
    this.failures = 0;
  }

  private readonly retryNow = (): void => {
    if (!this.stopped && !this.socket) this.reconnect();
  };

  private readonly retryWhenSeen = (): void => {
    if (!document.hidden) this.retryNow();
  };

  private async connect(): Promise<void> {
    window.clearTimeout(this.timer);
    const attempt = ++this.attempt;
    try {
      await this.events.prepare();
    } catch {
      if (attempt === this.attempt) this.scheduleRetry();
      return;
    }
    if (this.stopped || attempt !== this.attempt) return;
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(`${scheme}//${location.host}${this.path}`);
    this.socket = socket;
    socket.onopen = () => this.events.opened();
    socket.onmessage = (event) => this.receive(event.data);
    socket.onclose = (event) => {
      if (this.socket !== socket) return;
      this.detach();
      this.scheduleRetry(event.code === SERVICE_RESTART && this.failures === 0);
    };
  }

  private receive(data: unknown): void {
    if (typeof data !== "string") return;
    let frame: Incoming;
    try {
      frame = JSON.parse(data) as Incoming;
    } catch {
      return;
    }
    this.events.frame(frame);
  }

  private detach(): void {
    this.attempt++;
    const socket = this.socket;
    if (!socket) return;
    this.socket = null;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
    this.events.lost();
  }

  private scheduleRetry(soon = false): void {
    if (this.stopped) return;
    this.events.lost();
    const usual = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** this.failures++);
    const ceiling = soon ? RESTART_DELAY_MS : usual;
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.connect(), ceiling * (0.3 + 0.7 * Math.random()));
  }
}
