package dev.sandboxer.http.modal.edge;

/** Modal's two kinds of sandboxes. Clients tell them apart by the form of the id, and use other methods for each. */
public enum Generation {
    V1,
    V2
}
