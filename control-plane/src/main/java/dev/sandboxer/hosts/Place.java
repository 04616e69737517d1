package dev.sandboxer.hosts;

import java.net.URI;
import org.jspecify.annotations.Nullable;

/** Where work for a sandbox has to be done. */
public sealed interface Place {
    /** By this process. */
    record Here() implements Place {}

    /**
     * By the server of another host, which is up.
     *
     * @param address its base URL, without a slash at its end
     */
    record At(String host, URI address) implements Place {}

    /**
     * By another host, which has no server now.
     *
     * @param address where its server was reached last; null = it has ended, or there never was one
     */
    record Away(String host, @Nullable URI address) implements Place {}
}
