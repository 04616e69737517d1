package dev.sandboxer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PlaceTest {
    @Test
    void an_empty_path_inside_is_the_home_and_never_the_root() {
        assertThat(Place.parse("s7abc:")).isEqualTo(new Place("s7abc", "~"));
        assertThat(Place.parse("s7abc:/")).isEqualTo(new Place("s7abc", "/"));
    }

    @Test
    void any_beginning_of_an_id_leads_inside() {
        assertThat(Place.parse("s7a:greeting")).isEqualTo(new Place("s7a", "greeting"));
        assertThat(Place.parse("./s7a:greeting").inside()).isFalse();
        assertThat(Place.parse("dir/s7a:x").inside()).isFalse();
    }
}
