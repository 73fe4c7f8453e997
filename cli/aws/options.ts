/** The options that both commands have. */
export interface AwsOptions {
  region?: string;
  endpoint?: string;
  account?: string;
  /** Undefined unless the option is used. */
  policies?: boolean;
  json?: boolean;
}

export interface InitOptions extends AwsOptions {
  corsOrigin?: string[];
  clusterEndpoint?: string;
  values?: string;
  env?: string;
  force?: boolean;
}

export interface DestroyOptions extends AwsOptions {
  yes?: boolean;
}
