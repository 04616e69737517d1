package dev.sandboxer.http.modal.edge;

/**
 * The two generations of Modal's sandboxes. Clients recognise the generation by the form of the id, and call different methods for each.
 */
public enum Generation {
    V1,
    V2
}
