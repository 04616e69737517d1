package dev.sandboxer.cli.docs;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The documentation pages that may contain commands. */
final class DocPages {
    private DocPages() {}

    static List<DocPage> all() {
        return Stream.concat(
                        Stream.of("README.md", "CONTRIBUTING.md", "CHANGELOG.md")
                                .map(Tree.ROOT::resolve),
                        Stream.of("docs", "examples", "bench")
                                .flatMap(directory -> Tree.files(Tree.ROOT.resolve(directory), ".md").stream()))
                .map(Tree.ROOT::relativize)
                .map(Path::toString)
                .map(DocPage::read)
                .toList();
    }
}
