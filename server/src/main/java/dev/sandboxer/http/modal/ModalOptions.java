package dev.sandboxer.http.modal;

import dev.sandboxer.http.modal.edge.RouterTokens;
import java.time.Duration;

/**
 * Options that differ between a fake Modal and a real server.
 *
 * @param tokenLife how long auth tokens and router tokens are valid
 * @param pretendGpus true to accept requests for GPUs, and create the sandboxes without them
 */
public record ModalOptions(Duration tokenLife, boolean pretendGpus) {
    public static final ModalOptions DEFAULT = new ModalOptions(RouterTokens.LIFE, false);
}
