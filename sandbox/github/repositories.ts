import type { Schemas } from "./answers";
import type { Repository } from "./world";

/** What is asked of a run: the fields that its answer is made from. */
export interface RunFacts {
  readonly id: number;
  readonly repository: Repository;
  /** GitHub's own text for the moment. */
  readonly began: string;
  /** Of a run that somebody started manually: the workflow's file. */
  readonly startedManually?: string;
}

/** An owner as the API shows it; `url` is the API's root. */
function owner(login: string, url: string): Schemas["simple-user"] {
  const self = `${url}/users/${login}`;
  return {
    login,
    id: 1,
    node_id: "O_1",
    avatar_url: `https://avatars.githubusercontent.com/u/1?v=4`,
    gravatar_id: "",
    url: self,
    html_url: `https://github.com/${login}`,
    followers_url: `${self}/followers`,
    following_url: `${self}/following{/other_user}`,
    gists_url: `${self}/gists{/gist_id}`,
    starred_url: `${self}/starred{/owner}{/repo}`,
    subscriptions_url: `${self}/subscriptions`,
    organizations_url: `${self}/orgs`,
    repos_url: `${self}/repos`,
    events_url: `${self}/events{/privacy}`,
    received_events_url: `${self}/received_events`,
    type: "Organization",
    site_admin: false,
  };
}

/** The addresses below a repository, whose names and templates are GitHub's. */
function addresses(self: string) {
  return {
    archive_url: `${self}/{archive_format}{/ref}`,
    assignees_url: `${self}/assignees{/user}`,
    blobs_url: `${self}/git/blobs{/sha}`,
    branches_url: `${self}/branches{/branch}`,
    collaborators_url: `${self}/collaborators{/collaborator}`,
    comments_url: `${self}/comments{/number}`,
    commits_url: `${self}/commits{/sha}`,
    compare_url: `${self}/compare/{base}...{head}`,
    contents_url: `${self}/contents/{+path}`,
    contributors_url: `${self}/contributors`,
    deployments_url: `${self}/deployments`,
    downloads_url: `${self}/downloads`,
    events_url: `${self}/events`,
    forks_url: `${self}/forks`,
    git_commits_url: `${self}/git/commits{/sha}`,
    git_refs_url: `${self}/git/refs{/sha}`,
    git_tags_url: `${self}/git/tags{/sha}`,
    hooks_url: `${self}/hooks`,
    issue_comment_url: `${self}/issues/comments{/number}`,
    issue_events_url: `${self}/issues/events{/number}`,
    issues_url: `${self}/issues{/number}`,
    keys_url: `${self}/keys{/key_id}`,
    labels_url: `${self}/labels{/name}`,
    languages_url: `${self}/languages`,
    merges_url: `${self}/merges`,
    milestones_url: `${self}/milestones{/number}`,
    notifications_url: `${self}/notifications{?since,all,participating}`,
    pulls_url: `${self}/pulls{/number}`,
    releases_url: `${self}/releases{/id}`,
    stargazers_url: `${self}/stargazers`,
    statuses_url: `${self}/statuses/{sha}`,
    subscribers_url: `${self}/subscribers`,
    subscription_url: `${self}/subscription`,
    tags_url: `${self}/tags`,
    teams_url: `${self}/teams`,
    trees_url: `${self}/git/trees{/sha}`,
  };
}

/** What every description of a repository has, however long. */
function described(repository: Repository, url: string) {
  const [login = "", name = ""] = repository.fullName.split("/");
  const self = `${url}/repos/${repository.fullName}`;
  return {
    id: repository.id,
    node_id: `R_${repository.id}`,
    name,
    full_name: repository.fullName,
    private: repository.private,
    owner: owner(login, url),
    html_url: `https://github.com/${repository.fullName}`,
    description: null,
    fork: false,
    url: self,
    ...addresses(self),
  } satisfies Schemas["minimal-repository"];
}

/** A repository as a list shows it; `url` is the API's root. */
export function minimalRepository(repository: Repository, url: string): Schemas["minimal-repository"] {
  return described(repository, url);
}

/** A repository as it is shown by itself. */
export function fullRepository(repository: Repository, url: string): Schemas["full-repository"] {
  const { html_url: page, ...shown } = described(repository, url);
  const none = { forks: 0, forks_count: 0, network_count: 0, open_issues: 0, open_issues_count: 0, size: 0 };
  const watched = { stargazers_count: 0, subscribers_count: 0, watchers: 0, watchers_count: 0 };
  const has = { has_discussions: false, has_issues: true, has_pages: false, has_projects: true, has_wiki: true };
  const long = "2026-01-01T00:00:00Z";
  return {
    ...shown,
    ...none,
    ...watched,
    ...has,
    html_url: page,
    clone_url: `${page}.git`,
    git_url: `${page.replace("https:", "git:")}.git`,
    ssh_url: `git@github.com:${repository.fullName}.git`,
    svn_url: page,
    mirror_url: null,
    homepage: null,
    language: null,
    license: null,
    default_branch: "main",
    archived: false,
    disabled: false,
    pushed_at: long,
    created_at: long,
    updated_at: long,
  };
}

/** A workflow run that began at a moment and is still under way. */
export function workflowRun(
  { id, repository, began, startedManually }: RunFacts,
  url: string,
): Schemas["workflow-run"] {
  const shown = minimalRepository(repository, url);
  const self = `${shown.url}/actions/runs/${id}`;
  return {
    id,
    node_id: `WFR_${id}`,
    head_branch: "main",
    head_sha: "0123456789abcdef0123456789abcdef01234567",
    path: `.github/workflows/${startedManually ?? "rotate.yml"}`,
    display_title: "Rotate",
    run_number: 1,
    run_attempt: 1,
    event: startedManually === undefined ? "schedule" : "workflow_dispatch",
    status: "in_progress",
    conclusion: null,
    workflow_id: 1,
    url: self,
    html_url: `${shown.html_url}/actions/runs/${id}`,
    pull_requests: [],
    created_at: began,
    updated_at: began,
    run_started_at: began,
    jobs_url: `${self}/jobs`,
    logs_url: `${self}/logs`,
    check_suite_url: `${shown.url}/check-suites/1`,
    artifacts_url: `${self}/artifacts`,
    cancel_url: `${self}/cancel`,
    rerun_url: `${self}/rerun`,
    workflow_url: `${shown.url}/actions/workflows/1`,
    head_commit: null,
    repository: shown,
    head_repository: shown,
  };
}
