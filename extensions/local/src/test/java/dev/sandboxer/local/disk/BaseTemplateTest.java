package dev.sandboxer.local.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sandboxer.local.host.HostUser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BaseTemplateTest {
    private static final Duration LONG_AGO = Duration.ofDays(31);

    @TempDir
    Path here;

    private Path templates;
    private BaseTemplate template;

    @BeforeEach
    void open() throws IOException {
        var agent = Files.writeString(here.resolve("agent"), "#!/bin/sh\n");
        templates = here.resolve("t");
        template = new BaseTemplate(templates, agent, -1);
    }

    @AfterEach
    void close() throws IOException {
        TreeDeleter.delete(templates); // JUnit would warn about each link
    }

    @Test
    void making_a_template_deletes_templates_unused_for_a_month() throws IOException {
        Files.createDirectory(templates);
        var unused = used(Files.writeString(templates.resolve("base-77m-0.img"), "x"), LONG_AGO);
        var unfinished = used(Files.writeString(templates.resolve("base-78m-0.img.new"), "x"), LONG_AGO);
        var recent = used(Files.writeString(templates.resolve("base-79m-0.img"), "x"), Duration.ofDays(29));

        var made = template.tree();

        assertThat(entries()).containsExactlyInAnyOrder(made, recent, templates.resolve("lock"));
        assertThat(unused).doesNotExist();
        assertThat(unfinished).doesNotExist();
    }

    @Test
    void using_a_template_updates_its_time() throws IOException {
        var tree = used(template.tree(), LONG_AGO);

        assertThat(template.tree()).isEqualTo(tree).isDirectoryContaining("glob:**/etc");

        assertThat(Files.getLastModifiedTime(tree).toInstant())
                .isAfter(Instant.now().minus(Duration.ofHours(1)));
    }

    @Test
    void a_template_that_cannot_be_made_leaves_nothing() throws IOException {
        assumeTrue(HostUser.isRoot(), "needs root, because a plain user's template has no sudo that could be missing");
        var broken = new BaseTemplate(templates, here.resolve("missing"), 0);

        assertThatExceptionOfType(UncheckedIOException.class)
                .isThrownBy(broken::tree)
                .withMessageContaining("missing does not exist");

        assertThat(entries()).containsExactly(templates.resolve("lock"));
    }

    private static Path used(Path path, Duration ago) throws IOException {
        return Files.setLastModifiedTime(path, FileTime.from(Instant.now().minus(ago)));
    }

    private List<Path> entries() throws IOException {
        try (var all = Files.list(templates)) {
            return all.toList();
        }
    }
}
