package dev.sandboxer.cli.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;

/**
 * A file of the tree that is generated from code. Tests compare it with what the code generates now. {@code make docs} writes it, by
 * setting the system property {@code docs.write}.
 *
 * @param path from the root of the tree
 */
record GeneratedFile(String path) {
    void holds(String generated) throws IOException {
        var file = Tree.ROOT.resolve(path);
        if (Boolean.getBoolean("docs.write")) {
            Files.createDirectories(file.getParent());
            Files.writeString(file, generated);
        }
        assertThat(file)
                .as(path + " is out of date; regenerate it with: make docs")
                .hasContent(generated);
    }
}
