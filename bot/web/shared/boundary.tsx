import { Component, type ComponentChildren } from "preact";

/** Shows `instead` when drawing its children fails: a fault in one line must not leave anyone with an empty page. */
export class Boundary extends Component<{ instead: ComponentChildren; children: ComponentChildren }, { failed: boolean }> {
  static override getDerivedStateFromError(): { failed: boolean } {
    return { failed: true };
  }

  override render() {
    return this.state.failed ? this.props.instead : this.props.children;
  }
}
