package dev.sandboxer.templates;

import java.io.IOException;
import java.io.InputStream;

/** The source of the files of {@link Step.Copy}. */
public interface BuildFiles {
    /** A source without files, for builds that copy nothing. */
    BuildFiles NONE = step -> {
        throw new IOException("there are no files");
    };

    /**
     * Opens the files of a step as a tar archive, which may be compressed with gzip. Paths are relative to the directory of the build.
     *
     * @throws IOException when they can't be read; the message says why
     */
    InputStream open(Step.Copy step) throws IOException;

    /**
     * Returns a text that changes whenever the files of a step change.
     *
     * @throws IOException when they can't be read
     */
    default String digest(Step.Copy step) throws IOException {
        return step.content();
    }
}
