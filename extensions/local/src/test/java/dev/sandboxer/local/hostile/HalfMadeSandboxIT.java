package dev.sandboxer.local.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.extension.BackendRef;
import dev.sandboxer.extension.SandboxTag;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A process was killed while it created a sandbox, before it started the launcher. */
class HalfMadeSandboxIT {
    @RegisterExtension
    static final Lab LAB = new Lab();

    private SandboxTag tag;
    private Path folder;

    /** Makes everything that exists just before the launch: a folder, its request, its control groups. */
    @BeforeEach
    void makeHalfASandbox() throws IOException {
        var whole = LAB.fresh();
        var request = Files.readString(LAB.folder(whole).resolve("request"));
        tag = LAB.newTag();
        folder = Files.createDirectory(LAB.home().resolve("s").resolve(tag.toString()));
        var own = request.replace(whole.sandbox().tag().toString(), tag.toString());
        assertThat(own).as("the request names its groups").isNotEqualTo(request);
        Files.writeString(folder.resolve("request"), own);
        for (String group : LAB.leftovers().groupsOf(whole.sandbox().tag())) {
            Files.createDirectory(Path.of(group.replace(whole.sandbox().tag().toString(), tag.toString())));
        }
        assertThat(LAB.leftovers().groupsOf(tag)).isNotEmpty();
    }

    @AfterEach
    void destroyIt() {
        LAB.backend().destroy(new BackendRef(tag.toString()));
    }

    @Test
    void a_recent_half_made_sandbox_is_left_alone() {
        assertThat(LAB.backend().list()).noneMatch(sandbox -> sandbox.tag().equals(tag));

        assertThat(folder).exists();
        assertThat(LAB.leftovers().groupsOf(tag)).isNotEmpty();
    }

    @Test
    void a_listing_removes_an_old_half_made_sandbox() throws IOException {
        Files.setLastModifiedTime(folder, FileTime.from(Instant.now().minusSeconds(3600)));

        assertThat(LAB.backend().list()).noneMatch(sandbox -> sandbox.tag().equals(tag));

        assertThat(folder).doesNotExist();
        assertThat(LAB.leftovers().groupsOf(tag)).isEmpty();
    }
}
