export default function ExplorePage() {
  return <main>explore</main>;
}
