package dev.sandboxer.extension;

import dev.sandboxer.extension.spec.NetworkPolicy;
import dev.sandboxer.extension.spec.SandboxSize;
import java.time.Instant;
import java.util.Map;

/**
 * What a sandbox shall be.
 *
 * @param tag unique for ever; stored by the backend
 * @param template what it starts from, in the backend's own terms
 * @param size a backend without {@link Capability#SIZE} ignores it
 * @param deadline when the backend ends it by itself
 * @param env variables that every process inside gets
 * @param network whom it may call
 * @param publicPorts whether anybody who knows their addresses may call its ports; a backend that gives ports no addresses of
 *     its own ignores it
 */
public record CreateRequest(
        SandboxTag tag,
        String template,
        SandboxSize size,
        Instant deadline,
        Map<String, String> env,
        NetworkPolicy network,
        boolean publicPorts) {
    public CreateRequest {
        env = Map.copyOf(env);
    }
}
