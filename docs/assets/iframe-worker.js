// Browsers refuse to start workers from disk (file:). There the search's worker runs in a hidden
// frame instead.
if (location.protocol === "file:") {
  window.Worker = class extends EventTarget {
    constructor(url) {
      super();
      this.waiting = [];
      this.frame = document.createElement("iframe");
      this.frame.hidden = true;
      addEventListener("message", (event) => {
        if (event.source === this.frame.contentWindow) {
          this.dispatchEvent(new MessageEvent("message", { data: event.data }));
        }
      });
      this.frame.addEventListener("load", () => {
        this.waiting.forEach((data) => this.post(data));
        this.waiting = null;
      });
      const bridge = "<script>postMessage = (data) => parent.postMessage(data, '*')</" + "script>";
      this.frame.srcdoc = `${bridge}<script src="${url}"></` + "script>";
      document.body.append(this.frame);
    }
    post(data) {
      this.frame.contentWindow.dispatchEvent(new MessageEvent("message", { data }));
    }
    postMessage(data) {
      if (this.waiting) this.waiting.push(data);
      else this.post(data);
    }
    terminate() {
      this.frame.remove();
    }
  };
}
