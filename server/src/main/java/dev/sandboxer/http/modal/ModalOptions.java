package dev.sandboxer.http.modal;

import dev.sandboxer.http.modal.edge.RouterTokens;
import java.time.Duration;

/**
 * What a rehearsal may do otherwise than a real server.
 *
 * @param tokenLife how long tokens are valid, those of the router and those of the control plane
 * @param pretendGpus whether GPUs are granted that nobody has: a sandbox is made without them
 */
public record ModalOptions(Duration tokenLife, boolean pretendGpus) {
    public static final ModalOptions USUAL = new ModalOptions(RouterTokens.LIFE, false);
}
